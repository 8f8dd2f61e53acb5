/* eslint-disable @typescript-eslint/no-require-imports --
   The engine stores the text of these functions in the state and runs it in another process, so they hold nothing but one require. */
import type * as pulumi from "@pulumi/pulumi";

// Old state runs old text: the entry that it requires and the names in it are public for ever.

/** Provider of jobs. */
export const jobProvider: pulumi.dynamic.ResourceProvider = {
    configure: (request) => require("pulumi-azure-batch/dynamic").configure(request),
    check: (olds, news) => require("pulumi-azure-batch/dynamic").job.check(olds, news),
    diff: (id, olds, news) => require("pulumi-azure-batch/dynamic").job.diff(id, olds, news),
    create: (inputs) => require("pulumi-azure-batch/dynamic").job.create(inputs),
    read: (id, props) => require("pulumi-azure-batch/dynamic").job.read(id, props),
    update: (id, olds, news) => require("pulumi-azure-batch/dynamic").job.update(id, olds, news),
    delete: (id, props) => require("pulumi-azure-batch/dynamic").job.delete(id, props),
};

/** Provider of task collections. */
export const taskCollectionProvider: pulumi.dynamic.ResourceProvider = {
    configure: (request) => require("pulumi-azure-batch/dynamic").configure(request),
    check: (olds, news) => require("pulumi-azure-batch/dynamic").taskCollection.check(olds, news),
    diff: (id, olds, news) => require("pulumi-azure-batch/dynamic").taskCollection.diff(id, olds, news),
    create: (inputs) => require("pulumi-azure-batch/dynamic").taskCollection.create(inputs),
    read: (id, props) => require("pulumi-azure-batch/dynamic").taskCollection.read(id, props),
    update: (id, olds, news) => require("pulumi-azure-batch/dynamic").taskCollection.update(id, olds, news),
    delete: (id, props) => require("pulumi-azure-batch/dynamic").taskCollection.delete(id, props),
};

/** Provider of waits for tasks. */
export const taskWaitProvider: pulumi.dynamic.ResourceProvider = {
    configure: (request) => require("pulumi-azure-batch/dynamic").configure(request),
    check: (olds, news) => require("pulumi-azure-batch/dynamic").taskWait.check(olds, news),
    diff: (id, olds, news) => require("pulumi-azure-batch/dynamic").taskWait.diff(id, olds, news),
    create: (inputs) => require("pulumi-azure-batch/dynamic").taskWait.create(inputs),
    read: (id, props) => require("pulumi-azure-batch/dynamic").taskWait.read(id, props),
    update: (id, olds, news) => require("pulumi-azure-batch/dynamic").taskWait.update(id, olds, news),
    delete: (id, props) => require("pulumi-azure-batch/dynamic").taskWait.delete(id, props),
};

/** Provider of uploaded files. */
export const uploadedFilesProvider: pulumi.dynamic.ResourceProvider = {
    configure: (request) => require("pulumi-azure-batch/dynamic").configure(request),
    check: (olds, news) => require("pulumi-azure-batch/dynamic").uploadedFiles.check(olds, news),
    diff: (id, olds, news) => require("pulumi-azure-batch/dynamic").uploadedFiles.diff(id, olds, news),
    create: (inputs) => require("pulumi-azure-batch/dynamic").uploadedFiles.create(inputs),
    read: (id, props) => require("pulumi-azure-batch/dynamic").uploadedFiles.read(id, props),
    update: (id, olds, news) => require("pulumi-azure-batch/dynamic").uploadedFiles.update(id, olds, news),
    delete: (id, props) => require("pulumi-azure-batch/dynamic").uploadedFiles.delete(id, props),
};

/** Provider of application packages. */
export const applicationPackageProvider: pulumi.dynamic.ResourceProvider = {
    configure: (request) => require("pulumi-azure-batch/dynamic").configure(request),
    check: (olds, news) => require("pulumi-azure-batch/dynamic").applicationPackage.check(olds, news),
    diff: (id, olds, news) => require("pulumi-azure-batch/dynamic").applicationPackage.diff(id, olds, news),
    create: (inputs) => require("pulumi-azure-batch/dynamic").applicationPackage.create(inputs),
    read: (id, props) => require("pulumi-azure-batch/dynamic").applicationPackage.read(id, props),
    update: (id, olds, news) =>
        require("pulumi-azure-batch/dynamic").applicationPackage.update(id, olds, news),
    delete: (id, props) => require("pulumi-azure-batch/dynamic").applicationPackage.delete(id, props),
};

/** Provider of job schedules. */
export const jobScheduleProvider: pulumi.dynamic.ResourceProvider = {
    configure: (request) => require("pulumi-azure-batch/dynamic").configure(request),
    check: (olds, news) => require("pulumi-azure-batch/dynamic").jobSchedule.check(olds, news),
    diff: (id, olds, news) => require("pulumi-azure-batch/dynamic").jobSchedule.diff(id, olds, news),
    create: (inputs) => require("pulumi-azure-batch/dynamic").jobSchedule.create(inputs),
    read: (id, props) => require("pulumi-azure-batch/dynamic").jobSchedule.read(id, props),
    update: (id, olds, news) => require("pulumi-azure-batch/dynamic").jobSchedule.update(id, olds, news),
    delete: (id, props) => require("pulumi-azure-batch/dynamic").jobSchedule.delete(id, props),
};

/** Provider of single tasks. */
export const taskProvider: pulumi.dynamic.ResourceProvider = {
    configure: (request) => require("pulumi-azure-batch/dynamic").configure(request),
    check: (olds, news) => require("pulumi-azure-batch/dynamic").task.check(olds, news),
    diff: (id, olds, news) => require("pulumi-azure-batch/dynamic").task.diff(id, olds, news),
    create: (inputs) => require("pulumi-azure-batch/dynamic").task.create(inputs),
    read: (id, props) => require("pulumi-azure-batch/dynamic").task.read(id, props),
    update: (id, olds, news) => require("pulumi-azure-batch/dynamic").task.update(id, olds, news),
    delete: (id, props) => require("pulumi-azure-batch/dynamic").task.delete(id, props),
};

/** Provider of downloaded files. */
export const downloadedFilesProvider: pulumi.dynamic.ResourceProvider = {
    configure: (request) => require("pulumi-azure-batch/dynamic").configure(request),
    check: (olds, news) => require("pulumi-azure-batch/dynamic").downloadedFiles.check(olds, news),
    diff: (id, olds, news) => require("pulumi-azure-batch/dynamic").downloadedFiles.diff(id, olds, news),
    create: (inputs) => require("pulumi-azure-batch/dynamic").downloadedFiles.create(inputs),
    read: (id, props) => require("pulumi-azure-batch/dynamic").downloadedFiles.read(id, props),
    update: (id, olds, news) => require("pulumi-azure-batch/dynamic").downloadedFiles.update(id, olds, news),
    delete: (id, props) => require("pulumi-azure-batch/dynamic").downloadedFiles.delete(id, props),
};

/** Provider of rollouts of pools. */
export const poolRolloutProvider: pulumi.dynamic.ResourceProvider = {
    configure: (request) => require("pulumi-azure-batch/dynamic").configure(request),
    check: (olds, news) => require("pulumi-azure-batch/dynamic").poolRollout.check(olds, news),
    diff: (id, olds, news) => require("pulumi-azure-batch/dynamic").poolRollout.diff(id, olds, news),
    create: (inputs) => require("pulumi-azure-batch/dynamic").poolRollout.create(inputs),
    read: (id, props) => require("pulumi-azure-batch/dynamic").poolRollout.read(id, props),
    update: (id, olds, news) => require("pulumi-azure-batch/dynamic").poolRollout.update(id, olds, news),
    delete: (id, props) => require("pulumi-azure-batch/dynamic").poolRollout.delete(id, props),
};
