"use strict";
// Required by the mocha of `npm test`: services that tests start end with it, also when it is killed before they could end them.
process.env["BATCHLOCAL_ENDS_WITH"] = String(process.pid);
