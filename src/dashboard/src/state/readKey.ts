const storageKey = "analytics.read-key";

/** The key a reader pasted: kept for this tab only, never in the address and never on disk beyond the session. */
export const storedKey = (): string | null => sessionStorage.getItem(storageKey);

export const storeKey = (key: string): void => sessionStorage.setItem(storageKey, key);

export const forgetKey = (): void => sessionStorage.removeItem(storageKey);
