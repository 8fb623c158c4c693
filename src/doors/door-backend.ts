// What a door may use of the backend: call an operation, say where it went, close. Meters and sessions are not for doors.
import type { Backend } from "../backend/backend.ts";

export type DoorBackend = Pick<Backend, "label" | "call" | "close">;
