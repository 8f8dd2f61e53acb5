"use strict";
// Stryker's mocha runner asks for files of mocha by names without an extension; those of mocha 12 end in .cjs.
require.extensions[".cjs"] = require.extensions[".js"];
