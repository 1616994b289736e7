// The types where there are none of Node, and no lib of newer JavaScript.
import { start } from 'mockauth0';

export const url = async (): Promise<string> => (await start({ seed: 'shop' })).url;
