// The npm package has no types of its own; @types/google.visualization has those of the library it loads.
declare module 'google-charts' {
  export const GoogleCharts: {
    readonly api: typeof google;
    load(callback: () => void, type: { readonly packages: string[] }): Promise<void>;
  };
}
