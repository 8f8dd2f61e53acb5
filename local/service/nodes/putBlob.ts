/** Writes a block blob into a container whose URL carries the right to do so. */
export async function putBlob(containerUrl: string, name: string, content: Buffer): Promise<void> {
    const url = new URL(containerUrl);
    url.pathname = `${url.pathname.replace(/\/$/, "")}/${name}`;
    const response = await fetch(url, {
        method: "PUT",
        headers: { "x-ms-blob-type": "BlockBlob", "x-ms-version": "2021-12-02" },
        body: new Uint8Array(content),
        signal: AbortSignal.timeout(25_000),
    });
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`storage answered ${response.status}`);
}
