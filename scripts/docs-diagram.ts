import { targetOfType } from "../settings/names";
import { declaredStack } from "../commands/price-stack";
import type { DeclaredResource } from "../cost/rule";
import { pricingOf } from "../cost/rules";
import { counted } from "../reports/numbers";

/** Component of the program: what it declares itself, and the components that its resources refer to. */
interface Component {
  readonly type: string;
  readonly isOfTarget: boolean;
  readonly resources: readonly DeclaredResource[];
}

/**
 * Draws what the program of a stack declares, as Mermaid: a box for each component with the resources that AWS bills,
 * and an arrow where a resource refers to one of another component.
 *
 * @param root folder of the stack files.
 * @param day the day on which the stack is priced, as YYYY-MM-DD.
 */
export async function architecture(root: string, stack: string, day: string): Promise<string> {
  const { resources } = await declaredStack(root, stack, { today: day });
  const components = componentsOf(resources);
  const boxes = (isOfTarget: boolean): string[] =>
    components.filter((one) => one.isOfTarget === isOfTarget).map((one) => `    ${box(one)}`);
  return [
    "```mermaid",
    "flowchart LR",
    `  subgraph ${stack}_target["target ${stack}"]`,
    ...boxes(true),
    "  end",
    '  subgraph shared["shared by every target"]',
    ...boxes(false),
    "  end",
    ...arrows(components).map((arrow) => `  ${arrow}`),
    "```",
  ].join("\n");
}

/** Types of the components around a resource, the outermost first. */
function chainOf({ urn }: DeclaredResource): string[] {
  const types = urn.split("::")[2]?.split("$") ?? [];
  return types.filter((type) => type.startsWith("mlp:"));
}

function componentsOf(resources: readonly DeclaredResource[]): Component[] {
  // Outside the engine a resource's URN has only the type of its parent.
  const parents = new Map(resources.map((one) => [one.type, chainOf(one).at(-2)]));
  const isOfTarget = (type: string | undefined): boolean =>
    type !== undefined && (targetOfType(type) !== undefined || isOfTarget(parents.get(type)));
  const own = resources.filter(({ type }) => !type.startsWith("mlp:"));
  const types = new Set(own.flatMap((one) => chainOf(one).at(-1) ?? []));
  // In the order of their names: that of declaration depends on what is known first.
  return [...types].toSorted().map((type) => ({
    type,
    isOfTarget: isOfTarget(type),
    resources: own.filter((one) => chainOf(one).at(-1) === type),
  }));
}

/** Name of a component in a diagram, `FrontDoor` of `mlp:component:FrontDoor`. */
function nameOf({ type }: Component): string {
  return type.split(":").at(-1) ?? type;
}

function box(component: Component): string {
  const { resources } = component;
  const billed = resources.filter(({ type }) => pricingOf(type)?.kind === "priced");
  const billedLine = [...new Set(billed.map(({ type }) => type))]
    .toSorted()
    .map((one) => {
      const count = billed.filter(({ type }) => type === one).length;
      return `${count} ${one.split(":").at(-1) ?? one}`;
    })
    .join(", ");
  const lines = [
    `<b>${nameOf(component)}</b>`,
    counted(resources.length, "resource"),
    ...(billedLine === "" ? [] : [`billed: ${billedLine}`]),
  ];
  return `${nameOf(component)}["${lines.join("<br/>")}"]`;
}

function arrows(components: readonly Component[]): string[] {
  return components.flatMap((from) => {
    const inputs = JSON.stringify(from.resources.map((one) => one.inputs));
    return components
      .filter((to) => to !== from && to.resources.some(({ id }) => inputs.includes(`"${id}"`)))
      .map((to) => `${nameOf(from)} --> ${nameOf(to)}`);
  });
}
