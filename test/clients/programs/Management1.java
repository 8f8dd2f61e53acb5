import com.azure.core.credential.*;
import com.azure.core.http.policy.*;
import com.azure.core.management.*;
import com.azure.core.management.profile.AzureProfile;
import com.azure.core.util.Context;
import com.azure.resourcemanager.batch.BatchManager;
import com.azure.resourcemanager.batch.models.*;
import java.net.URI;
import java.net.http.*;
import java.time.*;
import java.util.*;
import reactor.core.publisher.Mono;

/** Maven com.azure.resourcemanager:azure-resourcemanager-batch 1 with the managed identity's token. */
public class Management1 {
    public static void main(String[] a) throws Exception {
        var env = System.getenv();
        TokenCredential credential = request -> {
            try {
                var http = HttpClient.newHttpClient();
                var uri = URI.create(env.get("IDENTITY_ENDPOINT") + "?api-version=2019-08-01&resource=https://management.azure.com/");
                var answer = http.send(HttpRequest.newBuilder(uri).header("X-IDENTITY-HEADER", env.get("IDENTITY_HEADER")).build(), HttpResponse.BodyHandlers.ofString()).body();
                var m = java.util.regex.Pattern.compile("\"access_token\"\\s*:\\s*\"([^\"]+)\"").matcher(answer);
                m.find();
                return Mono.just(new AccessToken(m.group(1), OffsetDateTime.now().plusHours(1)));
            } catch (Exception e) { return Mono.error(e); }
        };
        String base = "https://" + env.get("ARM_METADATA_HOSTNAME");
        var endpoints = new HashMap<>(AzureEnvironment.AZURE.getEndpoints());
        endpoints.put("resourceManagerEndpointUrl", base + "/");
        endpoints.put("managementEndpointUrl", base + "/");
        var profile = new AzureProfile(env.get("ARM_TENANT_ID"), env.get("AZURE_SUBSCRIPTION_ID"), new AzureEnvironment(endpoints));
        var manager = BatchManager.configure().withDefaultPollInterval(Duration.ofMillis(200)).authenticate(credential, profile);
        String group = "batchlocal", name = "javaarm";
        Steps.step("operations.list", () -> manager.operations().list().stream().count(), n -> n > 0);
        Steps.step("location.getQuotas", () -> manager.locations().getQuotas("westus2"), v -> v.accountQuota() > 0);
        Steps.step("location.checkNameAvailability", () -> manager.locations().checkNameAvailability("westus2", new CheckNameAvailabilityParameters().withName(name)), v -> v.nameAvailable());
        Steps.step("location.listSupportedVirtualMachineSkus", () -> manager.locations().listSupportedVirtualMachineSkus("westus2").stream().count(), n -> n > 0);
        Steps.step("batchAccount.define.create", () -> manager.batchAccounts().define(name).withRegion("westus2").withExistingResourceGroup(group).withTags(Map.of("a", "b")).create(), v -> v.name().equals(name));
        Steps.step("batchAccount.get", () -> manager.batchAccounts().getByResourceGroup(group, name), v -> v.provisioningState() == ProvisioningState.SUCCEEDED);
        Steps.step("batchAccount.list", () -> manager.batchAccounts().list().stream().count(), n -> n > 1);
        Steps.step("batchAccount.update", () -> manager.batchAccounts().getByResourceGroup(group, name).update().withTags(Map.of("c", "d")).apply(), v -> v.tags().get("c").equals("d"));
        Steps.step("batchAccount.getKeys", () -> manager.batchAccounts().getKeys(group, name), v -> v.primary() != null);
        Steps.step("batchAccount.regenerateKey", () -> manager.batchAccounts().regenerateKey(group, name, new BatchAccountRegenerateKeyParameters().withKeyName(AccountKeyType.PRIMARY)), v -> v.primary() != null);
        Steps.step("batchAccount.listOutbound", () -> manager.batchAccounts().listOutboundNetworkDependenciesEndpoints(group, name).stream().count(), n -> n > 0);
        Steps.step("batchAccount.listDetectors", () -> manager.batchAccounts().listDetectors(group, name).stream().count(), n -> n >= 0);
        Steps.step("batchAccount.synchronizeAutoStorageKeys", () -> manager.batchAccounts().synchronizeAutoStorageKeys(group, "batchlocal"));
        var machine = new DeploymentConfiguration().withVirtualMachineConfiguration(new VirtualMachineConfiguration().withImageReference(new ImageReference().withPublisher("canonical").withOffer("ubuntu-24_04-lts").withSku("server").withVersion("latest")).withNodeAgentSkuId("batch.node.ubuntu 24.04"));
        Steps.step("pool.define.create", () -> manager.pools().define("pool").withExistingBatchAccount(group, name).withVmSize("STANDARD_D2S_V5").withDeploymentConfiguration(machine).withScaleSettings(new ScaleSettings().withFixedScale(new FixedScaleSettings().withTargetDedicatedNodes(1).withResizeTimeout(Duration.ofMinutes(10)))).create(), v -> v.name().equals("pool"));
        Steps.step("pool.get", () -> manager.pools().get(group, name, "pool"), v -> v.vmSize().equalsIgnoreCase("STANDARD_D2S_V5"));
        Steps.step("pool.list", () -> manager.pools().listByBatchAccount(group, name).stream().count(), n -> n == 1);
        Steps.step("pool.update", () -> manager.pools().get(group, name, "pool").update().withScaleSettings(new ScaleSettings().withAutoScale(new AutoScaleSettings().withFormula("$TargetDedicatedNodes = 0;").withEvaluationInterval(Duration.ofMinutes(5)))).apply(), v -> v.scaleSettings().autoScale() != null);
        Steps.step("pool.disableAutoScale", () -> manager.pools().disableAutoScale(group, name, "pool"), v -> v != null);
        Steps.step("pool.stopResize", () -> manager.pools().stopResize(group, name, "pool"), v -> v != null);
        Steps.step("application.define.create", () -> manager.applications().define("jtool").withExistingBatchAccount(group, "batchlocal").withDisplayName("J").create(), v -> v.displayName().equals("J"));
        Steps.step("applicationPackage.create", () -> manager.applicationPackages().define("1").withExistingApplication(group, "batchlocal", "jtool").create(), v -> v.storageUrl() != null);
        Steps.step("applicationPackage.list", () -> manager.applicationPackages().list(group, "batchlocal", "jtool").stream().count(), n -> n == 1);
        Steps.step("applicationPackage.delete", () -> manager.applicationPackages().delete(group, "batchlocal", "jtool", "1"));
        Steps.step("application.list", () -> manager.applications().list(group, "batchlocal").stream().count(), n -> n > 0);
        Steps.step("application.delete", () -> manager.applications().delete(group, "batchlocal", "jtool"));
        Steps.step("privateLinkResource.list", () -> manager.privateLinkResources().listByBatchAccount(group, name).stream().count(), n -> n > 0);
        Steps.step("privateEndpointConnection.list", () -> manager.privateEndpointConnections().listByBatchAccount(group, name).stream().count(), n -> n == 0);
        Steps.step("batchAccount.get of one that is not there", () -> { try { manager.batchAccounts().getByResourceGroup(group, "nobody"); } catch (com.azure.core.management.exception.ManagementException e) { return e.getValue().getCode(); } return ""; }, c -> c.equals("ResourceNotFound"));
        Steps.step("pool.delete", () -> manager.pools().delete(group, name, "pool"));
        Steps.step("batchAccount.delete", () -> manager.batchAccounts().deleteByResourceGroup(group, name));
        System.exit(0);
    }
}
