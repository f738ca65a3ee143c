// The search of these pages runs in a Worker, which browsers start for pages of a server alone. In a
// page opened from disk the same script runs in a hidden frame, and is talked to as a Worker is.
if (location.protocol === "file:") {
  window.Worker = class {
    #frame = document.createElement("iframe");
    #ready;

    constructor(url) {
      this.#frame.hidden = true;
      document.body.append(this.#frame);
      const inside = this.#frame.contentWindow;
      inside.postMessage = (data) => setTimeout(() => this.onmessage?.({ data: structuredClone(data) }));
      const script = inside.document.createElement("script");
      script.src = url;
      this.#ready = new Promise((resolve) => {
        script.onload = resolve;
        script.onerror = () => this.onerror?.(new Event("error"));
      });
      inside.document.head.append(script);
    }

    async postMessage(data) {
      await this.#ready;
      this.#frame.contentWindow?.onmessage?.({ data: structuredClone(data) });
    }

    terminate() {
      this.#frame.remove();
    }
  };
}
