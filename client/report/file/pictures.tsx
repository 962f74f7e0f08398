/** The pictures that a file holds, as its prose shows them: what has pixels as it is, SVG in a frame of its own, as outputs of code are. */
import { onCleanup } from 'solid-js';
import { render } from 'solid-js/web';
import type { FilePicture } from '../../../server/protocol/report/file.ts';
import { pictureName } from '../../../server/protocol/report/picture.ts';
import { useFrames } from '../../outputs/frame/frames.ts';
import { FramesContext } from '../../outputs/frame/shared.ts';
import { Html } from '../../outputs/made/Html.tsx';
import { isVast, sizeOf } from '../../outputs/made/pixels.ts';
import type { Held, HeldPictures } from '../../prose/pictures.ts';
import { report as words } from '../../words/report.ts';

const VECTOR = 'image/svg+xml';

/** Called where frames are known. */
export function openPictures(pictures: readonly (readonly [string, FilePicture])[]): HeldPictures {
  const byName = new Map(pictures);
  const frames = useFrames();
  return {
    find(url) {
      // One elsewhere is a link there, as on the page.
      if (/^\s*https?:/i.test(url)) return undefined;
      const name = pictureName(url);
      const picture = name === undefined ? undefined : byName.get(name);
      if (name === undefined || !picture) return missing(words.file.noPicture.elsewhere(name ?? url));
      if ('left' in picture) return missing(words.file.noPicture[picture.left](name));
      if (picture.type === VECTOR) return { is: 'vector', name };
      const size = sizeOf(picture.type, picture.data);
      if (size && isVast(size)) return missing(words.file.noPicture.size(name));
      return { is: 'picture', address: `data:${picture.type};base64,${picture.data}` };
    },
    draw(host) {
      for (const place of host.querySelectorAll<HTMLElement>('[data-vector]')) {
        const picture = byName.get(place.dataset.vector ?? '');
        if (!picture || 'left' in picture || picture.type !== VECTOR) continue;
        // Base64 has no sign that HTML could take for its own; what it is called is said by its place.
        const html = `<img src="data:${VECTOR};base64,${picture.data}" alt="" style="max-width:100%">`;
        const dispose = render(
          () => (
            <FramesContext.Provider value={{ frames }}>
              <Html text={html} onNear={() => {}} />
            </FramesContext.Provider>
          ),
          place,
        );
        onCleanup(dispose);
      }
    },
  };
}

const missing = (text: string): Held => ({ is: 'missing', text });
