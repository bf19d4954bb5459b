import { pricedNotes, NOTES } from "../cost/notes";
import { readScenario, scenarioNames } from "../cost/scenario";
import { PLATFORMS, nodesFor, roomOf, notebooksPerNode } from "../cost/nodes";
import { INSTANCE_TYPES } from "../settings/instance-types";
import { maxPods } from "../cost/max-pods";
it("x", () => {
  pricedNotes().forEach((n, i) => console.log(n.title, n.notedCents, NOTES[i]!.notedCents, n.alikeCents));
  for (const name of scenarioNames()) {
    const s = readScenario(name);
    for (const [p, platform] of Object.entries(PLATFORMS)) {
      const type = INSTANCE_TYPES.get(s.nodeType ?? "t3.large")!;
      console.log(name, p, type.name, roomOf(platform, type), notebooksPerNode(platform, type, s), nodesFor(platform, type, s));
    }
  }
  for (const t of INSTANCE_TYPES.values()) maxPods(t);
});
