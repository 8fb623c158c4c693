// The part of `pg` that this room uses. The package is optional: it is loaded when a record on PostgreSQL is opened.
declare module "pg" {
  export interface QueryConfig {
    readonly name?: string;
    readonly text: string;
    readonly values?: readonly unknown[];
  }
  export interface ClientConfig {
    readonly connectionString: string;
    readonly connectionTimeoutMillis: number;
    readonly keepAlive: boolean;
    readonly application_name: string;
    readonly types: { getTypeParser(oid: number, format?: string): (value: string) => unknown };
  }
  export class Client {
    constructor(config: ClientConfig);
    connect(): Promise<void>;
    query(query: string | QueryConfig): Promise<{ readonly rows: readonly Record<string, unknown>[] }>;
    end(): Promise<void>;
    on(event: "error", listener: (error: Error) => void): this;
    on(event: "end", listener: () => void): this;
    on(event: "notification", listener: (note: { readonly payload?: string }) => void): this;
  }
  const pg: { readonly Client: typeof Client };
  export default pg;
}
