import { join } from "node:path";
import { describePython } from "../support/python";

/*
 * Tests of the hub's Python: its style, and its behaviour with the real JupyterHub, KubeSpawner,
 * OAuthenticator, proxy and PostgreSQL, in processes on this machine.
 */
describePython("the hub's Python", {
  parts: {
    name: "notebooks",
    requirements: join(__dirname, "requirements.txt"),
    programs: ["configurable-http-proxy@5.2.0"],
  },
  folder: __dirname,
  waiting: ["test_hub.py", "test_api_server.py"],
  style: ["components/ml/notebooks/hub", "tests/notebooks", "tests/support"],
  env: (modules) => ({
    CONFIGURABLE_HTTP_PROXY: join(modules, "configurable-http-proxy/bin/configurable-http-proxy"),
  }),
});
