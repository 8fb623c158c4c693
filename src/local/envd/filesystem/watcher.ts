// placeholder type until watching is wired
export interface Watcher {
  close(): void;
}
