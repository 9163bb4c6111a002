/** What a row of a chart is about, as short as it can be without being taken for another. */

interface Place {
  cluster?: string | undefined;
  topic: string;
  partition: number;
}

/** `orders 0`; with the cluster, where the rows beside it are of another: `primary orders 0`. */
export function placeName(place: Place, all: readonly Place[]): string {
  const { cluster, topic, partition } = place;
  const alike = all.every((other) => other.cluster === cluster);
  return `${alike || cluster === undefined ? "" : `${cluster} `}${topic} ${partition}`;
}
