"""Every error vidimus raises, as one tree.

    VidimusError                         InternalServerError, 500
      ConfigurationError                 a setting, file or model is wrong: start refuses
        ModelUnavailable                 a model file is missing or its sha256 differs
        LicenceRequired                  weights whose licence the user has not named
      StorageUnavailable                 the database or the object store cannot be used now
      UnreadableVideo                    a video that cannot be decoded; its job fails
      Undelivered                        a notification did not reach its receiver yet
      Throttled                          ThrottlingException: more work waits than may wait
      CallerError                        400: the caller can mend it
        InvalidParameter
        InvalidImageFormat
        ImageTooLarge
        VideoTooLarge
        InvalidS3Object
        InvalidManifest
        InvalidPaginationToken
        IdempotentParameterMismatch
        ResourceNotFound
        ResourceAlreadyExists
        ResourceInUse
        Conflict
        LimitExceeded
        ServiceQuotaExceeded
        HumanLoopQuotaExceeded
        AccessDenied
        ProtocolError                    the request is not one of this API at all
          UnknownOperation
          SerializationError
          UnsupportedMediaType           415
          RequestTooLarge                413
          RequestTimeout                 408
        AuthenticationError              the request is not from a known principal
          MissingAuthenticationToken
          IncompleteSignature
          InvalidSignature
          UnrecognizedClient

`code` is the name the Rekognition service model (or the AWS front end before it) gives the
error, `status` its HTTP status, `members` what the model has it say beside the message; only the
server turns them into bytes.
"""

from collections.abc import Mapping
from typing import ClassVar


class VidimusError(Exception):
    """The root of the tree; raised as itself it is the server's own fault."""

    code: ClassVar[str] = "InternalServerError"
    status: ClassVar[int] = 500
    members: ClassVar[Mapping[str, str]] = {}

    @property
    def message(self) -> str:
        """The sentence a caller reads."""
        return str(self)


class ConfigurationError(VidimusError):
    """A setting, a file or a model is wrong; the server refuses to start."""


class ModelUnavailable(ConfigurationError):
    """A model file is missing or is not the file the catalog pins."""


class LicenceRequired(ConfigurationError):
    """The weights carry a licence that the user has to name before they are pulled."""


class StorageUnavailable(VidimusError):
    """The database or the object store cannot be used now; nothing was half-written."""


class Undelivered(VidimusError):
    """A notification could not be delivered now; it may be later."""


class UnreadableVideo(VidimusError):
    """The file is no video that can be decoded; the message says why in words for people."""


class Throttled(VidimusError):
    """More requests wait than the server lets wait; try again."""

    code = "ThrottlingException"


class CallerError(VidimusError):
    """A fault of the request, which the caller can mend."""

    code = "InvalidParameterException"
    status = 400


class InvalidParameter(CallerError):
    """A member breaks a constraint; the message names the member and the limit."""


class InvalidImageFormat(CallerError):
    """The bytes are not a picture that can be decoded."""

    code = "InvalidImageFormatException"


class ImageTooLarge(CallerError):
    """The picture has more bytes or more pixels than allowed."""

    code = "ImageTooLargeException"


class VideoTooLarge(CallerError):
    """The video has more bytes, lasts longer or has more pixels than allowed."""

    code = "VideoTooLargeException"


class InvalidS3Object(CallerError):
    """The object does not exist or cannot be read."""

    code = "InvalidS3ObjectException"


class InvalidManifest(CallerError):
    """The manifest of a bulk job is empty, too large or no list of lines."""

    code = "InvalidManifestException"


class InvalidPaginationToken(CallerError):
    """The page token was not given out by this listing."""

    code = "InvalidPaginationTokenException"


class IdempotentParameterMismatch(CallerError):
    """The request token was used before with other parameters."""

    code = "IdempotentParameterMismatchException"


class ResourceNotFound(CallerError):
    """The collection, face, user or other resource does not exist."""

    code = "ResourceNotFoundException"


class ResourceAlreadyExists(CallerError):
    """A resource of that name exists."""

    code = "ResourceAlreadyExistsException"


class ResourceInUse(CallerError):
    """The resource is being used."""

    code = "ResourceInUseException"


class Conflict(CallerError):
    """A user of that id exists, or is being changed."""

    code = "ConflictException"


class LimitExceeded(CallerError):
    """Too many of something at once."""

    code = "LimitExceededException"


class ServiceQuotaExceeded(CallerError):
    """A quota of the service is used up."""

    code = "ServiceQuotaExceededException"


class HumanLoopQuotaExceeded(CallerError):
    """As many reviews wait as the settings allow."""

    code = "HumanLoopQuotaExceededException"
    members: ClassVar[Mapping[str, str]] = {
        "ResourceType": "HumanLoop",
        "QuotaCode": "max_open_reviews",
        "ServiceCode": "vidimus",
    }


class AccessDenied(CallerError):
    """The principal may not do this."""

    code = "AccessDeniedException"


class ProtocolError(CallerError):
    """The request does not follow the wire protocol."""

    code = "SerializationException"


class UnknownOperation(ProtocolError):
    """The target names no operation, or one that is not built yet."""

    code = "UnknownOperationException"


class SerializationError(ProtocolError):
    """The body is not JSON, or a member has the wrong type."""


class UnsupportedMediaType(ProtocolError):
    """The content type is not `application/x-amz-json-1.1`."""

    code = "UnsupportedMediaTypeException"
    status = 415


class RequestTooLarge(ProtocolError):
    """The body is larger than any request of this API can be."""

    code = "RequestEntityTooLargeException"
    status = 413


class RequestTimeout(ProtocolError):
    """The body stopped arriving before it was complete."""

    code = "RequestTimeoutException"
    status = 408


class AuthenticationError(CallerError):
    """The request cannot be attributed to a principal."""

    code = "UnrecognizedClientException"


class MissingAuthenticationToken(AuthenticationError):
    """No signature was sent."""

    code = "MissingAuthenticationTokenException"


class IncompleteSignature(AuthenticationError):
    """The signature lacks a part, or a part is malformed."""

    code = "IncompleteSignatureException"


class InvalidSignature(AuthenticationError):
    """The signature is wrong, expired, or for another service."""

    code = "InvalidSignatureException"


class UnrecognizedClient(AuthenticationError):
    """The access key is unknown or revoked, or a session token was sent."""
