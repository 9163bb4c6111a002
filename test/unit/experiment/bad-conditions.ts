/** Mistakes in conditions, blocks and settings of the timeline. */
import type { BadInput } from "./sample.ts";

const LOSS = "- { id: loss, at: 5s, fault: region.shutdown, region: east }";
const ALL = "isr, leader, lag, group, controller, acked, topic, region, errors, disk, memory";

/** The sample's first step with a condition: `put` begins at column 70 of line 21. */
function until(name: string, put: string, ...problems: string[]): BadInput {
  return { name, find: "region: east }", put: `region: east, until: ${put} }`, problems };
}

function steps(name: string, put: string, ...problems: string[]): BadInput {
  return { name, find: LOSS, put: `${LOSS}\n  ${put}`, problems };
}

const waits: BadInput[] = [
  until(
    "a wait that may take for ever",
    "{ isr: { topic: orders, atMost: 1 } }",
    '21:70: the key "within" is missing: expected a duration such as 250ms, 5s or 1m30s',
  ),
  until("a wait for nothing", "{ within: 5s }", `21:70: give one condition: ${ALL}`),
  until(
    "a wait for two things",
    "{ disk: { below: 1GiB }, memory: { below: 1GiB }, within: 5s }",
    `21:70: give one condition: ${ALL}`,
  ),
  until(
    "a misspelt condition",
    "{ isrs: { topic: orders, atMost: 1 }, within: 5s }",
    '21:72: unknown key "isrs"; did you mean "isr"?',
  ),
  until(
    "an ISR without a question",
    "{ isr: { topic: orders }, within: 5s }",
    "21:77: give one of `in`, `atMost`, `atLeast` and `full`",
  ),
  until(
    "a topic that is not there",
    "{ isr: { topic: order, full: true }, within: 5s }",
    '21:86: no topic "order"; did you mean "orders"?',
  ),
  until(
    "an ISR that is always so small",
    "{ isr: { topic: orders, atMost: 3 }, within: 5s }",
    '21:102: "orders" has 3 replicas, so this is always so',
  ),
  until(
    "an ISR that is never so large",
    "{ isr: { topic: orders, atLeast: 4 }, within: 5s }",
    '21:103: "orders" has 3 replicas, so this is never so',
  ),
  until(
    "an ISR where the cluster has no brokers",
    "{ isr: { topic: orders, in: west }, within: 5s }",
    "21:98: primary has no brokers in west, so this is never so",
  ),
  until(
    "a partition that is not there",
    "{ leader: { topic: orders, partitions: [0, 6], in: east }, within: 5s }",
    '21:113: "orders" has partitions 0 to 5, found 6',
  ),
  until(
    "a leader in no region",
    "{ leader: { topic: orders, in: eats }, within: 5s }",
    '21:101: no region "eats"; did you mean "east"?',
  ),
  until(
    "a lag of two things",
    "{ lag: { group: billing, mirror: orders, above: 5 }, within: 5s }",
    "21:77: give one of `group` and `mirror`",
  ),
  until(
    "a lag of no group",
    "{ lag: { group: biling, above: 1000 }, within: 5s }",
    '21:86: no group "biling"; did you mean "billing"?',
  ),
  until(
    "a mirror where there is none",
    "{ lag: { mirror: orders, cluster: primary, above: 5s }, within: 5s }",
    '21:87: nothing mirrors "orders"',
  ),
  until(
    "a lag without a unit",
    "{ lag: { group: billing, above: 5x }, within: 5s }",
    '21:102: expected records, such as 1000, or an age, such as 5s, found "5x"',
  ),
  until(
    "a controller of which cluster",
    "{ controller: { in: east }, within: 5s }",
    "21:90: say of which cluster by `cluster`: primary, standby",
  ),
  until(
    "a controller where there is none",
    "{ controller: { in: west, cluster: primary }, within: 5s }",
    "21:90: primary has no controllers in west, so this is never so",
  ),
  until(
    "acks after a step that may not be over",
    "{ acked: { after: over }, within: 5s }",
    '21:88: "loss" may begin before "over" has ended: say so by its `after`',
  ),
  until(
    "a wait that is over before it can hold",
    "{ isr: { topic: orders, full: true }, within: 5s, for: 5s }",
    "21:125: it cannot hold for 5s within 5s",
  ),
  steps(
    "a wait that waits twice",
    "- { id: look, at: 1s, until: { disk: { below: 1GiB }, within: 1s }, wait: { disk: { below: 1GiB }, within: 1s } }",
    '22:25: unknown key "until"; the other keys here are label, after, delay',
  ),
];

const guards: BadInput[] = [
  {
    name: "a guard with a timeout",
    find: "objectives:",
    put: "abortIf: [{ disk: { below: 1GiB }, within: 5s }]\nobjectives:",
    problems: [
      `23:36: unknown key "within"; the other keys here are ${ALL.replace("disk, ", "")}, for`,
    ],
  },
  {
    name: "a guard that always comes true",
    find: "objectives:",
    put: "abortIf: [{ acked: { records: 1 } }]\nobjectives:",
    problems: ["23:13: records are acked in every run: this would always end it"],
  },
  {
    name: "a guard on a topic that is not there",
    find: "objectives:",
    put: "abortIf: [{ topic: { name: odrers, above: 5 } }]\nobjectives:",
    problems: ['23:28: no topic "odrers"; did you mean "orders"?'],
  },
  {
    name: "a guard on a region that is not there",
    find: "objectives:",
    put: "abortIf: [{ region: { name: wets, is: lost } }]\nobjectives:",
    problems: ['23:29: no region "wets"; did you mean "west"?'],
  },
];

const blocks: BadInput[] = [
  steps(
    "a step of a block with a time of its own",
    "- { id: storm, at: 1s, parallel: [{ id: cut, at: 2s, fault: link.partition, between: [east, west], mode: refuse }] }",
    "22:48: inside a block the block says when; `at` belongs to the block",
  ),
  steps(
    "a block without a time",
    "- { id: storm, parallel: [{ id: cut, fault: link.partition, between: [east, west], mode: refuse }] }",
    '22:5: step "storm" needs a time: `at: 20s` or `after: <step>`',
  ),
  steps(
    "an empty block",
    "- { id: storm, at: 1s, parallel: [] }",
    "22:36: expected at least one step, found an empty list",
  ),
  steps(
    "a block done once",
    "- { id: flap, at: 1s, repeat: 1, steps: [{ id: cut, fault: link.partition, between: [east, west], mode: refuse }] }",
    "22:33: expected at least 2 times, found the number 1",
  ),
  steps(
    "a mistake in a repeated step, told once",
    "- { id: flap, at: 1s, repeat: 3, steps: [{ id: cut, fault: link.partition, between: [east, wets], mode: refuse }] }",
    '22:94: no region named "wets"; did you mean "west"?',
  ),
  steps(
    "a mistake that names a repeated step, told of its first time",
    "- { id: flap, at: 1s, repeat: 3, steps: [{ id: look, wait: { acked: { after: loss }, within: 1s } }] }",
    '22:80: "flap.1.look" may begin before "loss" has ended: say so by its `after`',
  ),
  steps(
    "an unknown fault in a block",
    "- { id: storm, at: 1s, parallel: [{ id: cut, fault: link.partitio, between: [east, west] }] }",
    '22:55: unknown fault "link.partitio"; did you mean "link.partition"? The kinds are <kinds>',
  ),
  steps(
    "the heal of a block",
    "- { id: storm, at: 1s, parallel: [{ id: cut, fault: link.partition, between: [east, west], mode: refuse }] }\n  - { id: mend, after: storm, heal: storm }",
    '23:37: "storm" is a block: name one of its steps',
  ),
  steps(
    "a block of a step's name",
    "- { id: loss, at: 1s, parallel: [{ id: cut, fault: link.partition, between: [east, west], mode: refuse, for: 1s }] }",
    '22:11: another step has the id "loss"',
  ),
  steps(
    "two steps of a block of one name",
    "- { id: storm, at: 1s, parallel: [{ id: cut, wait: { disk: { below: 1GiB }, within: 1s } }, { id: cut, wait: { disk: { below: 1GiB }, within: 1s } }] }",
    '22:101: another step has the id "storm.cut"',
  ),
  steps(
    "a block and a step that wait for each other",
    "- { id: storm, after: mend, parallel: [{ id: look, wait: { disk: { below: 1GiB }, within: 1s } }] }\n  - { id: mend, after: storm, wait: { disk: { below: 1GiB }, within: 1s } }",
    "22:42: these steps wait for each other: storm.look -> mend -> storm.look",
  ),
];

const settings: BadInput[] = [
  steps(
    "settings of a topic that is not there",
    "- { id: relax, at: 1s, config: { topic: odrers, set: { min.insync.replicas: 1 } } }",
    '22:43: no topic "odrers"; did you mean "orders"?',
  ),
  steps(
    "no settings",
    "- { id: relax, at: 1s, config: { topic: orders, set: {} } }",
    "22:56: expected at least one setting, found a mapping",
  ),
];

export const badConditions: BadInput[] = [...waits, ...guards, ...blocks, ...settings];
