// The closed list is put together from families; a code stands in one of them only.
import { expect, it } from "vitest";
import { faults } from "../../src/contracts/faults.ts";
import { courtFaults } from "../../src/contracts/faults/court.ts";
import { recordFaults } from "../../src/contracts/faults/record.ts";
import { requestFaults } from "../../src/contracts/faults/requests.ts";
import { runningFaults } from "../../src/contracts/faults/running.ts";
import { tradingFaults } from "../../src/contracts/faults/trading.ts";

it("holds every code of every family, and none twice", () => {
  const families = [requestFaults, runningFaults, recordFaults, tradingFaults, courtFaults];
  const codes = families.flatMap((family) => Object.keys(family));
  expect(Object.keys(faults).toSorted()).toEqual(codes.toSorted());
});
