/** What a long run tells the person in front of it. The command line decides how it looks. */
export interface Progress {
  /** A numbered stage begins. */
  stage(number: number, total: number, name: string): void;
  /** Something within the stage happened and is worth a line. */
  note(text: string): void;
  /** The state of things now: replaces the one before. */
  status(text: string): void;
}

export const silent: Progress = { stage() {}, note() {}, status() {} };
