"use strict";
const pulumi = require("@pulumi/pulumi");

// The jobs and tasks of this repository's constructs are dynamic resources of these types. A preview calls nothing of a provider but
// check and diff, so an empty one will do to declare them.
const provider = {
    create: async () => {
        throw new Error("these tests only preview");
    },
};

class Job extends pulumi.dynamic.Resource {
    constructor(name, properties) {
        super(provider, name, properties, {}, "pulumi-azure-batch", "Job");
    }
}

class TaskCollection extends pulumi.dynamic.Resource {
    constructor(name, properties) {
        super(provider, name, properties, {}, "pulumi-azure-batch", "TaskCollection");
    }
}

module.exports = { Job, TaskCollection };
