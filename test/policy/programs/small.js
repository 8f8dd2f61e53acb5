"use strict";
// One account with a fault, and a value that a preview does not know.
const { BatchAccount } = require("@pulumi/azure-native/batch");
const { ResourceGroup } = require("@pulumi/azure-native/resources");

const group = new ResourceGroup("group");
new BatchAccount("account", {
    resourceGroupName: group.name,
    allowedAuthenticationModes: ["AAD", "SharedKey"],
    publicNetworkAccess: group.id,
    identity: { type: "SystemAssigned" },
});
