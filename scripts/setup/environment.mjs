/**
 * The environment variables of this process: the one place of the set-up that reads them.
 *
 * Read here: PATH, DOCKER_HOST, BLACKSTART_IMAGE_SOURCE; all are handed on to child processes.
 */
// biome-ignore lint/style/noProcessEnv: this module is the one place.
export const environment = process.env;
