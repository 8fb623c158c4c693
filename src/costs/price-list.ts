// A dated price list as data. Prices are whole pico-dollars (1e-12 USD), per hour where time is charged, so that the documented
// prices per second and per hour are both exact.

export interface Prices {
  readonly perVcpuHour: number;
  readonly perGibHour: number;
  readonly perSandboxHour: number;
  readonly perCreation: number;
  readonly perCall: number;
  readonly perStorageGbDay: number;
}

export interface PriceList {
  readonly id: string;
  /** Where the prices come from, in words, with the address when there is one. */
  readonly source: string;
  /** The day the prices were written down here, YYYY-MM-DD. */
  readonly asOf: string;
  readonly currency: "USD";
  readonly picoUsd: Prices;
  readonly note: string;
  /** Lower-case hex of the file the list was read from. */
  readonly sha256: string;
}
