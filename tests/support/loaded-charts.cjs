/** Says at the end of a process whether it has loaded the chart library, and its milliseconds of processor time. */
process.on("exit", () => {
  const isLoaded = Object.keys(require.cache).some((file) => /node_modules.echarts/.test(file));
  const { user, system } = process.cpuUsage();
  process.stderr.write(
    `charts loaded: ${isLoaded} after ${Math.round((user + system) / 1000)} ms\n`,
  );
});
