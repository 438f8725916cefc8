/** What nobody has handled in the supervising thread: told as an event, and never the end of a service that counts. */

/** Calls `defect` with each such error from now on; returns a function that ends it. */
export function reportUnhandled(defect: (error: unknown) => void): () => void {
  process.on('unhandledRejection', defect);
  process.on('uncaughtException', defect);
  return () => {
    process.off('unhandledRejection', defect);
    process.off('uncaughtException', defect);
  };
}
