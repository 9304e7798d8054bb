/** Why a forward is paused was an English sentence, and is a code: a sentence can be improved, and other languages translate the code. */
export const pauseReasons = `
  UPDATE forwards SET paused = CASE paused
    WHEN 'Paused on the settings page.' THEN 'page'
    WHEN 'The destination has failed for 3 days without a success.' THEN 'failing'
    WHEN 'The destination answered 410: it is gone for good.' THEN 'gone'
    WHEN 'It is being removed.' THEN 'removing'
    WHEN 'Its secret was lost with the key: give it a new one, then resume it.' THEN 'secret-lost'
    ELSE 'operator'
  END WHERE paused IS NOT NULL;
`;
