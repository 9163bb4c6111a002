/** Who wants to be told of something, until they no longer do. */
export class Listeners<T> {
  readonly #all = new Set<(told: T) => void>();

  /** Gives the call that ends the listening. */
  add(listener: (told: T) => void): () => void {
    this.#all.add(listener);
    return () => void this.#all.delete(listener);
  }

  tell(told: T): void {
    for (const listener of this.#all) listener(told);
  }

  clear(): void {
    this.#all.clear();
  }
}
