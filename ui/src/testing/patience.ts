/** How long `findBy` and `waitFor` look before they give up: long enough for a busy machine. */
import { configure } from '@testing-library/react';

configure({ asyncUtilTimeout: 20_000 });
