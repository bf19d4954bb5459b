import assert from "node:assert/strict";
import { picture, type Chart } from "../../reports/html/chart";

const CHART: Chart = {
  label: "Ada's <map>",
  keys: [
    { name: 'a "stack" & <another>', colour: "var(--c0)" },
    { name: "second", colour: "var(--c1)" },
  ],
  height: 100,
  figures: "<p>not in a picture</p>",
  option: () => ({
    xAxis: { type: "value" },
    yAxis: { type: "value" },
    series: [{ type: "scatter", data: [[1, 1]] }],
  }),
};

describe("a chart as a file", () => {
  const svg = picture(CHART);

  it("has drawing, legend and colours in one, and loads nothing", () => {
    assert.match(svg, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 760 152"/);
    assert.match(svg, /<style>[^<]*--c0: #e69f00[^<]*prefers-color-scheme: dark/);
    assert.match(svg, /<svg y="52" width="760" height="100" role="img" viewBox="0 0 760 100"/);
    assert.match(svg, /fill="var\(--c1\)"\/><text [^>]*>second<\/text>/);
    assert.doesNotMatch(svg, /href|url\(|<script|not in a picture/);
  });

  it("escapes foreign text", () => {
    assert.ok(svg.includes("a &quot;stack&quot; &amp; &lt;another&gt;</text>"));
    assert.ok(!svg.includes("<map>"));
  });

  it("closes every element that it opens", () => {
    const open: string[] = [];
    for (const [, end, name, closed] of svg.matchAll(/<(\/?)(\w+)(?:[^>"]|"[^"]*")*?(\/?)>/g)) {
      if (end === "/") assert.equal(open.pop(), name);
      else if (closed !== "/") open.push(name ?? "");
    }
    assert.deepEqual(open, []);
  });
});
