// What the doors and the documents know of one operating fault.

export interface FaultRow {
  readonly definite: boolean;
  readonly retry: "never" | "same-input" | "after-delay";
  readonly httpStatus: number;
  /** 1 failed, 2 usage, 4 authentication, 5 not found, 6 incomplete, 7 evidence does not verify, 130 interrupted. */
  readonly exitCode: 1 | 2 | 4 | 5 | 6 | 7 | 130;
  readonly doc: string;
}
