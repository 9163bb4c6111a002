/**
 * Regions, clusters, nodes and links: pure data. The experiment file is compiled into these by
 * `compile.ts`; the runtime boots them; nothing here knows Docker.
 */

/** A failure domain: its own network, nodes, replication workers and client agents. */
export interface Region {
  name: string;
  /** Position in the file, from 0. */
  index: number;
}

export interface Cluster {
  name: string;
  /** Kafka version, e.g. "4.3.1". */
  kafka: string;
  /** Name of the image its nodes need instead of Kafka's own: "cp-server". */
  image?: string;
  /** 22 characters of base64url, derived from the run id: a KRaft cluster id. */
  clusterId: string;
  /** Regions with at least one node, in file order. More than one: a stretched cluster. */
  regions: string[];
  /** Not started with the run, but by a step of it; see `src/drill/cold-start.ts`. */
  cold?: true;
}

export interface KafkaNode {
  /** Unique in the run; host name and network alias: `primary-east-1`. */
  name: string;
  cluster: string;
  region: string;
  /** `node.id`, unique within the cluster, from 1. */
  id: number;
  roles: ("broker" | "controller")[];
  /** `broker.rack`; null for none. */
  rack: string | null;
  /** Client and inter-broker port, unique in the run; null for a controller only. */
  clientPort: number | null;
  /** Raft port, unique in the run; null for a broker only. */
  controllerPort: number | null;
  /** Last byte of its fixed address in the region's /24. */
  hostIndex: number;
  /** Kafka properties, complete: what is written to server.properties. */
  config: Record<string, string>;
  /** Feature levels its storage is formatted with, where they are not Kafka's own. */
  features?: Record<string, number>;
  heapMiB: number;
  /** Size of its disk, bytes, held in memory; absent: as much as the machine has. */
  diskBytes?: number;
}

/**
 * A directed link: connections opened from `from` to `to`. Both byte directions of those
 * connections cross it.
 */
export interface Link {
  from: string;
  to: string;
  /** Round-trip time the link adds, in ms; half is added each way. */
  latencyMs: number;
  jitterMs: number;
  /** Bytes a second each way; null for unlimited. */
  bandwidthBytesPerSecond: number | null;
}

/** A dedicated MirrorMaker 2 process. */
export interface Replication {
  /** Unique in the run; container name: `mm2-primary-standby`. */
  name: string;
  kind: "mirror-maker-2";
  from: string;
  to: string;
  region: string;
  topics: string[];
  groups: string[];
  /** mm2.properties, complete. */
  config: Record<string, string>;
  heapMiB: number;
  hostIndex: number;
}

export interface Topology {
  regions: Region[];
  clusters: Cluster[];
  nodes: KafkaNode[];
  links: Link[];
  replications: Replication[];
}
