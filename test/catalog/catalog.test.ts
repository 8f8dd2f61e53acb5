import assert from "node:assert/strict";
import {
    errorCodes,
    environmentVariables,
    findVmImage,
    findVmSize,
    vmFamily,
    managementErrorCodes,
    maxTaskSlots,
    nodeAgents,
    packageVariable,
    poolProperties,
    poolProperty,
    replacingPoolProperties,
    retirements,
    vmImages,
    vmSizes,
} from "../../catalog";
import type { Retirement, VmImageRow } from "../../catalog";

const day = /^\d{4}-\d{2}-\d{2}$/;

describe("the catalogue", () => {
    it("gives every image a known node agent of the same operating system", () => {
        const rows: readonly VmImageRow[] = Object.values(vmImages);
        for (const row of rows) {
            const agent = nodeAgents.find((candidate) => candidate.id === row.nodeAgentSkuId);
            assert.equal(agent?.os, row.os, `${row.offer} ${row.sku}`);
            assert.ok(row.source.title && row.source.date);
            if (row.endOfSupport !== undefined) assert.match(row.endOfSupport, day);
            if (agent.endOfSupport !== undefined)
                assert.ok(row.endOfSupport !== undefined, `${row.sku} outlives its agent`);
        }
    });

    it("finds an image whatever the case of its names, and says nothing of one it does not know", () => {
        assert.equal(
            findVmImage({ publisher: "Canonical", offer: "Ubuntu-24_04-LTS", sku: "SERVER" }),
            vmImages.ubuntu2404,
        );
        assert.equal(
            findVmImage({ publisher: "canonical", offer: "ubuntu-24_04-lts", sku: "minimal" }),
            undefined,
        );
    });

    it("knows cores, memory and architecture of the common VM sizes", () => {
        assert.equal(findVmSize("standard_d4S_v5")?.cores, 4);
        assert.equal(findVmSize("Standard_DS3_v2")?.cores, 4);
        assert.equal(findVmSize("Standard_D96as_v5")?.memory, 384);
        assert.equal(findVmSize("Standard_D2ps_v5")?.architecture, "arm64");
        assert.equal(findVmSize("Standard_NC24s_v3")?.gpus, 4);
        assert.equal(findVmSize("Standard_Z1_v9"), undefined);
        assert.equal(vmFamily("standard_D4s_v5"), "standardDSv5Family");
        assert.equal(vmFamily("Standard_DS2_v2"), "standardDSv2Family");
        assert.equal(vmFamily("Standard_F2s_v2"), "standardFSv2Family");
        for (const size of vmSizes.values()) assert.ok(size.cores > 0 && size.memory > 0, size.name);
    });

    it("allows four task slots a core and 256 at most", () => {
        assert.deepEqual([1, 2, 64, 96].map(maxTaskSlots), [4, 8, 256, 256]);
    });

    it("replaces a pool for its image and size, and never for autoscale, start task, packages or tags", () => {
        for (const name of [
            "vmSize",
            "deploymentConfiguration",
            "networkConfiguration",
            "taskSlotsPerNode",
            "mountConfiguration",
        ]) {
            assert.ok(replacingPoolProperties.includes(name), name);
        }
        for (const name of [
            "scaleSettings",
            "startTask",
            "applicationPackages",
            "metadata",
            "tags",
            "identity",
        ]) {
            assert.ok(!replacingPoolProperties.includes(name), name);
        }
        for (const [name, row] of Object.entries(poolProperties)) assert.equal(row.path, name);
    });

    it("finds the row of a pool property by a path below it, in the names of either plane", () => {
        assert.equal(poolProperty("startTask.commandLine")?.change, "afterReboot");
        assert.equal(
            poolProperty("virtualMachineConfiguration.imageReference")?.path,
            "deploymentConfiguration",
        );
        assert.equal(poolProperty("properties.networkConfiguration")?.change, "replace");
        assert.equal(poolProperty("colour"), undefined);
    });

    it("gives every error code a status of an error and a sentence", () => {
        for (const [code, row] of [...Object.entries(errorCodes), ...Object.entries(managementErrorCodes)]) {
            assert.ok(row.status >= 400 && row.status < 600, code);
            assert.match(row.message, /^[A-Z].*\.$/s, code);
        }
        assert.equal(errorCodes.JobNotFound.status, 404);
        assert.equal(errorCodes.RequestBodyTooLarge.status, 413);
    });

    it("names the variable of an application package as nodes do", () => {
        assert.equal(packageVariable("ffmpeg-x", "7.1", "linux"), "AZ_BATCH_APP_PACKAGE_ffmpeg_x_7_1");
        assert.equal(packageVariable("ffmpeg", undefined, "linux"), "AZ_BATCH_APP_PACKAGE_ffmpeg");
        assert.equal(packageVariable("ffmpeg", "7.1", "windows"), "AZ_BATCH_APP_PACKAGE_FFMPEG#7.1");
        for (const [name, row] of Object.entries(environmentVariables)) assert.equal(row.name, name);
    });

    it("dates every retirement and says what to do instead", () => {
        const rows: readonly Retirement[] = Object.values(retirements);
        for (const row of rows) {
            assert.match(row.date, day);
            assert.ok(row.instead.length > 0 && row.source.title.length > 0);
        }
        assert.ok(retirements.fSeries.vmSizes.test("Standard_F8s_v2"));
        assert.ok(!retirements.fSeries.vmSizes.test("Standard_D8s_v5"));
    });
});
