// The emulator's provider is an older one and refuses Lambda runtimes that it does not know.
require("../../targets/sagemaker/broker-bundle").RUNTIME.lambda = "nodejs22.x";
