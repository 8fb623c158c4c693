// Every planted defect, in the order of the layers.
import type { Defect } from "./defect.ts";
import { backendDefects } from "./defects/backend.ts";
import { courtDefects } from "./defects/court.ts";
import { cliDefects, mcpDefects } from "./defects/doors.ts";
import { productionDefects } from "./defects/production.ts";
import { tradingDefects } from "./defects/trading.ts";

export const defects: readonly Defect[] = [
  ...backendDefects,
  ...mcpDefects,
  ...cliDefects,
  ...tradingDefects,
  ...productionDefects,
  ...courtDefects,
];
