/** What was handed to a socket and may not have left: which messages belong to which item. */
export class SentItems<T> {
  readonly #entries: { readonly messages: number; readonly item: T | undefined }[] = [];

  /** Notes the messages of an item, or of nothing that would have to be sent again. */
  add(messages: number, item?: T): void {
    this.#entries.push({ messages, item });
  }

  /** The items of which one of the last so many messages was a part, in order. */
  unsent(messages: number): T[] {
    const items: T[] = [];
    let left = messages;
    while (left > 0) {
      const entry = this.#entries.pop();
      if (!entry) break;
      left -= entry.messages;
      if (entry.item !== undefined) items.unshift(entry.item);
    }
    return items;
  }
}
