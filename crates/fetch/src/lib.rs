//! Opens files where they lie: folders, SFTP, S3-compatible storage, HTTP; unpacks them on the way.
