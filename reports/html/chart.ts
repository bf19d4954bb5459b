import { init, type EChartsOption } from "echarts";
import { html } from "./escape";
import { COLOURS } from "./style";

/** Pixels of a drawing, of which each chart has one for a phone and one for a desk. */
export interface Size {
  readonly width: number;
  readonly isNarrow: boolean;
}

const NARROW: Size = { width: 328, isNarrow: true };
const WIDE: Size = { width: 760, isNarrow: false };

/** Colour of text and lines: a variable of the style sheet, so that light and dark share a drawing. */
export const INK = "var(--ink)";
/** Colour of grid lines. */
export const FAINT = "var(--faint)";
/** Colour of the background. */
export const PAPER = "var(--paper)";

/** Colours by number, that colour-blind people tell apart; there are nine. */
export function colour(index: number): string {
  return `var(--c${index % 9})`;
}

/** An entry of a legend. */
export interface Key {
  readonly name: string;
  readonly colour: string;
  /** Dashes of a line, as SVG has them. @default a square */
  readonly dashes?: string;
}

/** A chart with everything that stands around it. */
export interface Chart {
  /** Its content in one sentence, for people who do not see it. */
  readonly label: string;
  readonly keys: readonly Key[];
  readonly height: number;
  readonly option: (size: Size) => EChartsOption;
  /** The same figures as HTML, folded below it. */
  readonly figures: string;
}

/** A chart as a figure: drawings, legend, and the same figures as a table. */
export function figure(chart: Chart): string {
  const { label, keys, figures } = chart;
  const legend = keys.map(
    ({ name, colour: fill, dashes }) => `<li>${swatch(fill, dashes)} ${html(name)}</li>`,
  );
  return [
    `<figure>`,
    ...(legend.length === 0 ? [] : [`<ul class="legend">${legend.join("")}</ul>`]),
    ...[NARROW, WIDE].map((size) => drawing(chart, size)),
    `<figcaption>${html(label)}</figcaption>`,
    `<details><summary>The same figures as a table</summary>\n${figures}</details>`,
    `</figure>`,
  ].join("\n");
}

function swatch(fill: string, dashes: string | undefined): string {
  const shape =
    dashes === undefined
      ? `<rect width="12" height="12" fill="${fill}"/>`
      : `<path d="M0 6H28" stroke="${fill}" stroke-width="3" stroke-dasharray="${dashes}"/>`;
  return `<svg class="key" width="${dashes === undefined ? 12 : 28}" height="12" aria-hidden="true">${shape}</svg>`;
}

/** Pixels of a line of a picture's legend. */
const LEGEND_LINE = 20;

/** A chart as an SVG file of its own, with its legend above the drawing. */
export function picture(chart: Chart): string {
  const { width } = WIDE;
  const top = chart.keys.length * LEGEND_LINE + 12;
  const height = chart.height + top;
  const legend = chart.keys.map(({ name, colour: fill }, index) => {
    const y = 6 + index * LEGEND_LINE;
    const square = `<rect x="34" y="${y + 1}" width="12" height="12" fill="${fill}"/>`;
    return `${square}<text x="54" y="${y + 11}" fill="${INK}">${html(name)}</text>`;
  });
  const place = `<svg y="${top}" width="${width}" height="${chart.height}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12">`,
    `<style>${COLOURS}</style>`,
    `<rect width="${width}" height="${height}" fill="${PAPER}"/>`,
    ...legend,
    drawing(chart, WIDE).replace(/^<svg class="wide"/, place),
    `</svg>\n`,
  ].join("\n");
}

function drawing({ label, height, option }: Chart, size: Size): string {
  const chart = init(null, null, { renderer: "svg", ssr: true, width: size.width, height });
  try {
    chart.setOption({
      animation: false,
      textStyle: { color: INK, fontFamily: "inherit", fontSize: 12 },
      ...option(size),
    });
    const where = size.isNarrow ? "narrow" : "wide";
    return compactSvg(chart.renderToSVGString()).replace(
      /<svg [^>]*>/,
      `<svg class="${where}" role="img" viewBox="0 0 ${size.width} ${height}" aria-label="${html(label)}">` +
        `<title>${html(label)}</title>`,
    );
  } finally {
    // Its timer would keep the process alive.
    chart.dispose();
  }
}

/** A drawing without what only scripts and pointers need. Quotes and brackets of texts are escaped in it. */
function compactSvg(svg: string): string {
  return svg
    .replace(/<style[^]*?<\/style>/g, "")
    .replace(/ (ecmeta_\w+|class|pointer-events)="[^"]*"/g, "")
    .replace(/font-family:inherit;/g, "");
}
