/**
 * Colours, light and dark. Those of charts are Okabe's and Ito's, which colour-blind people tell apart:
 * https://jfly.uni-koeln.de/color/. Their black is a grey here, and a ninth is a brown.
 */
export const COLOURS = `:root { color-scheme: light dark; --paper: #fff; --ink: #1b1b1b; --faint: #d9d9d9; --link: #0b57a4;
  --c0: #e69f00; --c1: #56b4e9; --c2: #009e73; --c3: #f0e442; --c4: #0072b2; --c5: #d55e00; --c6: #cc79a7;
  --c7: #8a8a8a; --c8: #7a5230; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #16181b; --ink: #e8e8e8; --faint: #3a3e44; --link: #8ec5ff; --c4: #2f8fd0; --c8: #a87b50; }
}
`;

/** The style sheet of the page. */
export const STYLE = `
${COLOURS}@media print {
  :root { color-scheme: light; --paper: #fff; --ink: #1b1b1b; --faint: #d9d9d9; --c4: #0072b2; --c8: #7a5230; }
  figure, tr { break-inside: avoid; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  details::details-content { content-visibility: visible; block-size: auto; }
  .scroll { overflow: visible !important; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 16px; max-width: 860px; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .25rem; }
h2 { font-size: 1.2rem; margin: 2.25rem 0 .5rem; }
h3 { font-size: 1rem; margin: 1.25rem 0 .25rem; }
.decision { font-size: 1.1rem; border-left: 4px solid var(--c4); padding-left: 12px; margin: 1rem 0; }
figure { margin: .5rem 0 1rem; }
figcaption { font-size: .85rem; }
figure > svg { display: block; width: 100%; height: auto; }
svg.narrow { display: none; }
@media screen and (max-width: 599px) { svg.narrow { display: block !important; } svg.wide { display: none !important; } }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 2px 16px; margin: .25rem 0; padding: 0; font-size: .85rem; }
.key { vertical-align: -1px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .85rem; font-variant-numeric: tabular-nums; overflow-wrap: normal; }
th, td { padding: 3px 10px 3px 0; border-bottom: 1px solid var(--faint); vertical-align: top; font-weight: normal; }
thead th, .sum th, .sum td, th[scope=colgroup] { font-weight: 600; }
.left { text-align: left; } td.left { min-width: 10rem; } .right { text-align: right; white-space: nowrap; }
ul { padding-left: 1.25rem; } li { margin: .15rem 0; }
pre { overflow-x: auto; font-size: .85rem; }
details { margin: .5rem 0; } summary { cursor: pointer; color: var(--link); }
`;
