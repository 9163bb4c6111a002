/** Compose files are those of the topologies, and hold to the rules of the runs they stand for. */
import { readdirSync } from "node:fs";
import { expect } from "chai";
import { parse } from "yaml";
import { composeFiles } from "../../scripts/compose.ts";
import { read } from "./pages.ts";

interface Service {
  image: string;
  networks: Record<string, { ipv4_address?: string; aliases?: string[] }>;
  environment: Record<string, string>;
  ports?: string[];
  profiles?: string[];
}
interface Compose {
  services: Record<string, Service>;
  networks: Record<string, { ipam: { config: { subnet: string }[] } }>;
}

const files = composeFiles();
const parsed = new Map([...files].map(([path, text]) => [path, parse(text) as Compose]));
const services = [...parsed].flatMap(([path, file]) =>
  Object.entries(file.services).map(([name, service]) => ({ path, file, name, service })),
);

describe("compose files", () => {
  it("are what `npm run compose` makes of experiments/topologies, one each", () => {
    const kept = readdirSync(new URL("../../compose", import.meta.url))
      .filter((name) => name.endsWith(".yaml"))
      .map((name) => `compose/${name}`);
    expect(kept.sort()).to.deep.equal([...files.keys()].sort());
    expect(files.size).to.be.greaterThan(5);
    for (const [path, text] of files)
      expect(read(path) === text, `${path} has drifted`).to.equal(true);
  });

  it("name images by variables only, and no path of a machine", () => {
    for (const { path, name, service } of services) {
      expect(service.image, `${path} ${name}`).to.match(/^\$\{BLACKSTART_IMAGE_[A-Z0-9_]+:\?/);
      expect(Object.keys(service), `${path} ${name}`).to.not.include("volumes");
    }
    for (const text of files.values())
      expect(text).to.not.match(/(?:^|[\s"':])\/(?:root|home|work)\//);
  });

  it("publish on loopback only, each port once", () => {
    const ports = services.flatMap(({ service }) => service.ports ?? []);
    expect(ports.length).to.be.greaterThan(10);
    for (const port of ports) expect(port).to.match(/^127\.0\.0\.1:\d+:8474$/);
    expect(new Set(ports).size).to.equal(ports.length);
  });

  it("give every node a fixed address of its region, each once", () => {
    for (const [path, file] of parsed) {
      const fixed = Object.values(file.services).flatMap(({ networks }) =>
        Object.entries(networks).flatMap(([region, { ipv4_address: address }]) =>
          address === undefined ? [] : [{ region, address }],
        ),
      );
      for (const { region, address } of fixed) {
        const subnet = file.networks[region]?.ipam.config[0]?.subnet ?? "";
        expect(address.startsWith(subnet.replace(/0\/24$/, "")), `${path} ${address}`).to.equal(
          true,
        );
      }
      expect(new Set(fixed.map(({ address }) => address)).size).to.equal(fixed.length);
    }
    const subnets = [...parsed.values()].flatMap(({ networks }) =>
      Object.values(networks).map(({ ipam }) => ipam.config[0]?.subnet),
    );
    expect(new Set(subnets).size).to.equal(subnets.length);
  });

  it("lead through gateways: each remote name is a route to that node, slowed both ways", () => {
    const gateways = services.filter(({ name }) => name.startsWith("gateway-"));
    expect(gateways.length).to.be.greaterThan(10);
    for (const { file, service } of gateways) {
      const aliases = Object.values(service.networks).flatMap(({ aliases = [] }) => aliases);
      const routes = JSON.parse(service.environment["PROXIES"] ?? "") as {
        name: string;
        upstream: string;
      }[];
      for (const node of aliases) {
        const [address] = Object.values(file.services[node]?.networks ?? {});
        const own = routes.filter(
          ({ name }) => name.startsWith(`${node}-1`) || name.startsWith(`${node}-2`),
        );
        expect(own.length, node).to.be.greaterThan(0);
        for (const { upstream } of own) expect(upstream).to.contain(`${address?.ipv4_address}:`);
      }
      const toxics = (service.environment["TOXICS"] ?? "").split("\n");
      expect(toxics).to.have.length(routes.length * 2);
    }
  });

  it("start a cold cluster by its profile only", () => {
    const cold = parsed.get("compose/cold-standby.yaml")?.services ?? {};
    const profiled = Object.entries(cold).filter(([, { profiles }]) => profiles?.includes("cold"));
    expect(profiled.length).to.equal(3);
  });
});
