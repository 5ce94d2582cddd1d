export interface Mail {
  to: string[];
  from: string;
  secure: boolean;
  subject: string;
  id: string;
  text: string;
  html: string;
  headers: string[];
}
export interface Smtp {
  port: number;
  mails: Mail[];
  order: (order: { at: string; do: string; code?: number; times?: number }) => void;
  wait: (fits: (mail: Mail) => boolean, patience?: number) => Promise<Mail>;
  close: () => Promise<void>;
}
export function startSmtp(options?: { onEvent?: (event: object) => void; key?: string; cert?: string; user?: string; password?: string }): Promise<Smtp>;
