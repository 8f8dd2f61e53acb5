#!/bin/sh
# What a node of this pool has: the program itself, from a package, and a certificate, from the vault.
set -eu
certificates="${BATCHLOCAL_CERTIFICATES_DIR:-}/var/lib/waagent/Microsoft.Azure.KeyVault.Store"
for certificate in "$certificates"/*.tls; do
    openssl x509 -in "$certificate" -noout -subject
done
