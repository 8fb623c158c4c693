// What the endpoints of the control plane share.
import type { Clock } from "../../host/clock.ts";
import type { Log } from "../../host/log.ts";
import type { Random } from "../../host/random.ts";
import type { ImageStore } from "../images/image-store.ts";
import type { IsolationLabel } from "../isolation/backend.ts";
import type { Pool } from "../pool.ts";
import type { SandboxTable } from "../sandbox-table.ts";
import type { Templates } from "../templates/open.ts";
import type { Answer } from "../answer.ts";

export interface ControlPlane {
  /** `<name>:<port>`, of which getHost makes the addresses of services inside. */
  readonly domain: string;
  readonly table: SandboxTable;
  readonly pool: Pool;
  readonly images: ImageStore;
  readonly templates: Templates;
  readonly label: IsolationLabel;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly maxSandboxes: number;
  /** Creates that have a place but are not on the table yet. */
  creating: number;
}

export interface ControlRequest {
  readonly url: URL;
  readonly body: Readonly<Record<string, unknown>>;
  /** Sandbox id from the path, already without its client part. */
  readonly id: string;
}

export type Endpoint = (plane: ControlPlane, request: ControlRequest) => Promise<Answer> | Answer;
