/** Mistakes in checks, steps and targets. */
import type { BadInput } from "./sample.ts";

export const badSteps: BadInput[] = [
  {
    name: "a T0 that is no fault",
    find: "steps:",
    put: "policy: { t0: over }\nsteps:",
    problems: ['20:15: no fault step "over"; the fault steps are loss'],
  },
  {
    name: "an unknown check",
    find: "steps:",
    put: "steadyState: [{ check: ack-rate, atLeast: 95%, for: 5s }]\nsteps:",
    problems: [
      '20:24: unknown check "ack-rate"; did you mean "acked-rate"? The checks are acked-rate, delivered-rate, replication-lag, consumer-lag',
    ],
  },
  {
    name: "a share without a percent sign",
    find: "steps:",
    put: "steadyState: [{ check: acked-rate, atLeast: 95, for: 5s }]\nsteps:",
    problems: ["20:45: expected a percentage such as 95%, found the number 95"],
  },
  {
    name: "a share above all",
    find: "steps:",
    put: "steadyState: [{ check: acked-rate, atLeast: 195%, for: 5s }]\nsteps:",
    problems: ['20:45: expected at most 100%, found "195%"'],
  },
  {
    name: "a step that is a number",
    find: "- { id: loss, at: 5s",
    put: "- 7\n  - { id: loss, at: 5s",
    problems: [
      "21:5: expected a step: a mapping with `id` and one of fault (<kinds>), runbook (failover), heal, wait, config, create, load, send, exec, parallel or repeat, found the number 7",
    ],
  },
  {
    name: "a step that does nothing",
    find: "fault: region.shutdown, region: east }",
    put: "for: 5s }",
    problems: [
      "21:5: this step does nothing: it needs one of fault (<kinds>), runbook (failover), heal, wait, config, create, load, send, exec, parallel or repeat",
    ],
  },
  {
    name: "a step that does two things",
    find: "region: east }",
    put: "region: east, heal: over }",
    problems: ["21:5: a step does one thing; this one has `fault` and `heal`"],
  },
  {
    name: "a misspelt kind of step",
    find: "fault: region.shutdown",
    put: "falt: region.shutdown",
    problems: ['21:5: unknown key "falt"; did you mean "fault"?'],
  },
  {
    name: "an unknown fault",
    find: "region.shutdown",
    put: "region.shutdwn",
    problems: [
      '21:32: unknown fault "region.shutdwn"; did you mean "region.shutdown"? The kinds are <kinds>',
    ],
  },
  {
    name: "an unknown fault, far from any",
    find: "region.shutdown",
    put: "meteor",
    problems: ['21:32: unknown fault "meteor"; the kinds are <kinds>'],
  },
  {
    name: "an unknown runbook",
    find: "runbook: failover",
    put: "runbook: fallover",
    problems: ['22:39: expected "failover", found "fallover"; did you mean "failover"?'],
  },
  {
    name: "an unknown key of a fault",
    find: "region: east }",
    put: "region: east, modus: kill }",
    problems: [
      '21:63: unknown key "modus"; the other keys here are label, after, delay, until, for, mode',
    ],
  },
  {
    name: "an unknown mode of a fault",
    find: "region: east }",
    put: "region: east, mode: kil }",
    problems: [
      '21:69: expected "kill" or "graceful" or "pause" or "blackhole", found "kil"; did you mean "kill"?',
    ],
  },
  {
    name: "a fault on an unknown region",
    find: "region: east }",
    put: "region: esat }",
    problems: ['21:57: no region named "esat"; did you mean "east"?'],
  },
  {
    name: "a fault on an unknown broker",
    find: "fault: region.shutdown, region: east",
    put: "fault: broker.kill, brokers: [primary-east-4]",
    problems: ['21:55: no node named "primary-east-4"; did you mean "primary-east-1"?'],
  },
  {
    name: "a fault without a target",
    find: "fault: region.shutdown, region: east",
    put: "fault: broker.kill",
    problems: ["21:5: give either `brokers` or `leaderOf`"],
  },
  {
    name: "a fault on the leader of an unknown topic",
    find: "fault: region.shutdown, region: east",
    put: "fault: broker.kill, leaderOf: { cluster: primary, topic: oders }",
    problems: ['21:82: no topic "oders"; did you mean "orders"?'],
  },
  {
    name: "a fault on the leader of a partition too many",
    find: "fault: region.shutdown, region: east",
    put: "fault: broker.kill, leaderOf: { cluster: primary, topic: orders, partition: 6 }",
    problems: ['21:101: "orders" has partitions 0 to 5, found 6'],
  },
  {
    name: "a degraded link that is not degraded",
    find: "fault: region.shutdown, region: east",
    put: "fault: link.degrade, between: [east, west]",
    problems: ["21:5: give `latency`, `jitter` or `bandwidth`"],
  },
  {
    name: "a step without a time",
    find: "id: loss, at: 5s,",
    put: "id: loss,",
    problems: ['21:5: step "loss" needs a time: `at: 20s` or `after: <step>`'],
  },
  {
    name: "a step with two times",
    find: "after: loss,",
    put: "after: loss, at: 9s,",
    problems: ["22:30: give `at` or `after`, not both; `delay` adds to `after`"],
  },
  {
    name: "a delay after nothing",
    find: "id: loss, at: 5s,",
    put: "id: loss, at: 5s, delay: 1s,",
    problems: ["21:25: `delay` counts from the step named by `after`"],
  },
  {
    name: "a step after an unknown one",
    find: "after: loss",
    put: "after: los",
    problems: ['22:24: no step "los"; did you mean "loss"?'],
  },
  {
    name: "a step after itself",
    find: "after: loss",
    put: "after: over",
    problems: ['22:24: step "over" waits for itself'],
  },
  {
    name: "two steps in a circle",
    find: "at: 5s",
    put: "after: over",
    problems: ["21:24: these steps wait for each other: loss -> over -> loss"],
  },
  {
    name: "two steps with one id",
    find: "id: over",
    put: "id: loss",
    problems: ['22:11: another step has the id "loss"', '22:24: step "loss" waits for itself'],
  },
  {
    name: "a heal of nothing",
    find: "- { id: over",
    put: "- { id: mend, at: 9s, heal: lss }\n  - { id: over",
    problems: ['22:31: no step "lss"; did you mean "loss"?'],
  },
  {
    name: "a heal of what is no fault",
    find: "- { id: over",
    put: "- { id: mend, at: 9s, heal: over }\n  - { id: over",
    problems: ['22:31: step "over" is no fault, so there is nothing to heal'],
  },
  {
    name: "a heal of what heals itself",
    find: "region: east }",
    put: "region: east, for: 5s }\n  - { id: mend, at: 20s, heal: loss }",
    problems: ['22:32: "loss" is healed by its own `for` already'],
  },
  {
    name: "a heal before the fault",
    find: "region: east }",
    put: "region: east }\n  - { id: mend, at: 2s, heal: loss }",
    problems: ['22:31: "loss" begins only at 5s'],
  },
  {
    name: "a failover to an unknown region",
    find: "to: west }",
    put: "to: wset }",
    problems: ['22:53: no region "wset"; did you mean "west"?'],
  },
  {
    name: "a failover that nobody follows",
    find: "to: west }",
    put: "to: east }",
    problems: ["22:53: no producer or consumer has `failover: east`: nothing would start there"],
  },
  {
    name: "a drill that leaves nobody",
    find: "  - { id: over, after: loss, runbook: failover, to: west }\n",
    put: "",
    problems: [
      '21:5: "primary" is gone for good, and the application with it: add `for`, a `heal` or a failover to another cluster',
    ],
  },
  {
    name: "an objective with a typo",
    find: "{ records: 100 }",
    put: "{ recrods: 100 }",
    problems: ['23:22: unknown key "recrods"; did you mean "records"?'],
  },
  {
    name: "an objective that is a range",
    find: "{ records: 100 }",
    put: '{ records: "1..100" }',
    problems: [
      '23:31: "1..100": an objective is an upper bound, such as 10 or 30s; ranges belong under `predict`',
    ],
  },
  {
    name: "a bare number as an objective's time",
    find: "{ records: 100 }",
    put: "{ time: 5 }",
    problems: ['23:28: "5": expected a duration, such as 30s'],
  },
  {
    name: "a prediction of an exact time",
    find: "{ shape: tail } }",
    put: "{ shape: tail }, rto: { produce: 10s } }",
    problems: [
      '24:50: "10s": a measured time never equals a written one: say a range "7s..13s" or "<= 10s"',
    ],
  },
  {
    name: "a prediction whose range is upside down",
    find: "{ shape: tail } }",
    put: '{ records: "9..3" } }',
    problems: [
      '24:28: "9..3": expected a number of records as a range "0..500", a bound "<= 1" or ">= 1", or exactly 0',
    ],
  },
  {
    name: "an unknown shape",
    find: "shape: tail",
    put: "shape: tall",
    problems: ['24:26: "tall": expected one of none, tail, hole'],
  },
  {
    name: "an exec step with a path for a program",
    find: "- { id: over,",
    put: "- { id: x, at: 1s, exec: { node: primary-east-1, tool: /bin/sh } }\n  - { id: over,",
    problems: ['22:58: expected a program by its name alone, no path, found "/bin/sh"'],
  },
  {
    name: "an exec step in a node and for a cluster that are not there",
    find: "- { id: over,",
    put: '- { id: x, at: 1s, exec: { node: primary-est-1, tool: java, args: ["{bootstrap:primry}"] } }\n  - { id: over,',
    problems: [
      '22:36: no node "primary-est-1"; did you mean "primary-east-1"?',
      '22:70: no cluster "primry"; did you mean "primary"?',
    ],
  },
];
