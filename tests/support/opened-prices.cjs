// Loaded by --require: on exit, standard error names the price files that the process has read.
const fs = require("node:fs");

const read = fs.readFileSync;
const opened = [];
fs.readFileSync = (file, ...rest) => {
  const [, region] = /cost\/prices\/(.*)\.json$/.exec(String(file)) ?? [];
  if (region !== undefined) {
    opened.push(region);
  }
  return read(file, ...rest);
};
process.on("exit", () => {
  if (opened.length > 0) {
    process.stderr.write(`opened ${opened.join(" ")}\n`);
  }
});
