/** `node --require` this to have a program tell its peak memory, in KiB, as it ends. */
process.on("exit", () => {
  process.stderr.write(`peak-memory-kib ${process.resourceUsage().maxRSS}\n`);
});
