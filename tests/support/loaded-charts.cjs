/** Says at the end of a process whether it has loaded the chart library. */
process.on("exit", () => {
  const isLoaded = Object.keys(require.cache).some((file) => /node_modules.echarts/.test(file));
  process.stderr.write(`charts loaded: ${isLoaded}\n`);
});
