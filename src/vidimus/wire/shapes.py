"""Every enumeration and structure of the API as types; generated, do not edit.

Made from `contract.json` by `tools/generate_contract.py`.
"""

from datetime import datetime
from typing import Literal, NotRequired, Required, TypedDict

Attribute = Literal["DEFAULT", "ALL", "AGE_RANGE", "BEARD", "EMOTIONS", "EYE_DIRECTION", "EYEGLASSES", "EYES_OPEN", "GENDER", "MOUTH_OPEN", "MUSTACHE", "FACE_OCCLUDED", "SMILE", "SUNGLASSES"]
BodyPart = Literal["FACE", "HEAD", "LEFT_HAND", "RIGHT_HAND"]
CelebrityRecognitionSortBy = Literal["ID", "TIMESTAMP"]
ChallengeType = Literal["FaceMovementAndLightChallenge", "FaceMovementChallenge"]
ContentClassifier = Literal["FreeOfPersonallyIdentifiableInformation", "FreeOfAdultContent"]
ContentModerationAggregateBy = Literal["TIMESTAMPS", "SEGMENTS"]
ContentModerationSortBy = Literal["NAME", "TIMESTAMP"]
CustomizationFeature = Literal["CONTENT_MODERATION", "CUSTOM_LABELS"]
DatasetStatus = Literal["CREATE_IN_PROGRESS", "CREATE_COMPLETE", "CREATE_FAILED", "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE", "UPDATE_FAILED", "DELETE_IN_PROGRESS"]
DatasetStatusMessageCode = Literal["SUCCESS", "SERVICE_ERROR", "CLIENT_ERROR"]
DatasetType = Literal["TRAIN", "TEST"]
DetectLabelsFeatureName = Literal["GENERAL_LABELS", "IMAGE_PROPERTIES"]
EmotionName = Literal["HAPPY", "SAD", "ANGRY", "CONFUSED", "DISGUSTED", "SURPRISED", "CALM", "UNKNOWN", "FEAR"]
FaceAttributes = Literal["DEFAULT", "ALL"]
FaceSearchSortBy = Literal["INDEX", "TIMESTAMP"]
FeedbackCode = Literal["FACE_NOT_VISIBLE", "FACE_OBSTRUCTION_DETECTED", "LOW_VIDEO_QUALITY_DETECTED", "FACE_NOT_ALIGNED", "EYES_CLOSED_DETECTED", "LOW_LIGHTING_DETECTED", "HIGH_LIGHTING_DETECTED"]
GenderType = Literal["Male", "Female"]
KnownGenderType = Literal["Male", "Female", "Nonbinary", "Unlisted"]
LabelDetectionAggregateBy = Literal["TIMESTAMPS", "SEGMENTS"]
LabelDetectionFeatureName = Literal["GENERAL_LABELS"]
LabelDetectionSortBy = Literal["NAME", "TIMESTAMP"]
LandmarkType = Literal["eyeLeft", "eyeRight", "nose", "mouthLeft", "mouthRight", "leftEyeBrowLeft", "leftEyeBrowRight", "leftEyeBrowUp", "rightEyeBrowLeft", "rightEyeBrowRight", "rightEyeBrowUp", "leftEyeLeft", "leftEyeRight", "leftEyeUp", "leftEyeDown", "rightEyeLeft", "rightEyeRight", "rightEyeUp", "rightEyeDown", "noseLeft", "noseRight", "mouthUp", "mouthDown", "leftPupil", "rightPupil", "upperJawlineLeft", "midJawlineLeft", "chinBottom", "midJawlineRight", "upperJawlineRight"]
LivenessSessionStatus = Literal["CREATED", "IN_PROGRESS", "SUCCEEDED", "FAILED", "EXPIRED"]
MediaAnalysisJobFailureCode = Literal["INTERNAL_ERROR", "INVALID_S3_OBJECT", "INVALID_MANIFEST", "INVALID_OUTPUT_CONFIG", "INVALID_KMS_KEY", "ACCESS_DENIED", "RESOURCE_NOT_FOUND", "RESOURCE_NOT_READY", "THROTTLED"]
MediaAnalysisJobStatus = Literal["CREATED", "QUEUED", "IN_PROGRESS", "SUCCEEDED", "FAILED"]
OrientationCorrection = Literal["ROTATE_0", "ROTATE_90", "ROTATE_180", "ROTATE_270"]
PersonTrackingSortBy = Literal["INDEX", "TIMESTAMP"]
ProjectAutoUpdate = Literal["ENABLED", "DISABLED"]
ProjectStatus = Literal["CREATING", "CREATED", "DELETING"]
ProjectVersionStatus = Literal["TRAINING_IN_PROGRESS", "TRAINING_COMPLETED", "TRAINING_FAILED", "STARTING", "RUNNING", "FAILED", "STOPPING", "STOPPED", "DELETING", "COPYING_IN_PROGRESS", "COPYING_COMPLETED", "COPYING_FAILED", "DEPRECATED", "EXPIRED"]
ProtectiveEquipmentType = Literal["FACE_COVER", "HAND_COVER", "HEAD_COVER"]
QualityFilter = Literal["NONE", "AUTO", "LOW", "MEDIUM", "HIGH"]
Reason = Literal["EXCEEDS_MAX_FACES", "EXTREME_POSE", "LOW_BRIGHTNESS", "LOW_SHARPNESS", "LOW_CONFIDENCE", "SMALL_BOUNDING_BOX", "LOW_FACE_QUALITY"]
SegmentType = Literal["TECHNICAL_CUE", "SHOT"]
StreamProcessorParameterToDelete = Literal["ConnectedHomeMinConfidence", "RegionsOfInterest"]
StreamProcessorStatus = Literal["STOPPED", "STARTING", "RUNNING", "FAILED", "STOPPING", "UPDATING"]
TechnicalCueType = Literal["ColorBars", "EndCredits", "BlackFrames", "OpeningCredits", "StudioLogo", "Slate", "Content"]
TextTypes = Literal["LINE", "WORD"]
UnsearchedFaceReason = Literal["FACE_NOT_LARGEST", "EXCEEDS_MAX_FACES", "EXTREME_POSE", "LOW_BRIGHTNESS", "LOW_SHARPNESS", "LOW_CONFIDENCE", "SMALL_BOUNDING_BOX", "LOW_FACE_QUALITY"]
UnsuccessfulFaceAssociationReason = Literal["FACE_NOT_FOUND", "ASSOCIATED_TO_A_DIFFERENT_USER", "LOW_MATCH_CONFIDENCE"]
UnsuccessfulFaceDeletionReason = Literal["ASSOCIATED_TO_AN_EXISTING_USER", "FACE_NOT_FOUND"]
UnsuccessfulFaceDisassociationReason = Literal["FACE_NOT_FOUND", "ASSOCIATED_TO_A_DIFFERENT_USER"]
UserStatus = Literal["ACTIVE", "UPDATING", "CREATING", "CREATED"]
VideoColorRange = Literal["FULL", "LIMITED"]
VideoJobStatus = Literal["IN_PROGRESS", "SUCCEEDED", "FAILED"]


class AgeRange(TypedDict):
    """The structure `AgeRange` of the API."""

    Low: NotRequired[int]
    High: NotRequired[int]


class S3Object(TypedDict):
    """The structure `S3Object` of the API."""

    Bucket: NotRequired[str]
    Name: NotRequired[str]
    Version: NotRequired[str]


class GroundTruthManifest(TypedDict):
    """The structure `GroundTruthManifest` of the API."""

    S3Object: NotRequired[S3Object]


class Asset(TypedDict):
    """The structure `Asset` of the API."""

    GroundTruthManifest: NotRequired[GroundTruthManifest]


class AssociateFacesRequest(TypedDict):
    """The structure `AssociateFacesRequest` of the API."""

    CollectionId: Required[str]
    UserId: Required[str]
    FaceIds: Required[list[str]]
    UserMatchThreshold: NotRequired[float]
    ClientRequestToken: NotRequired[str]


class AssociatedFace(TypedDict):
    """The structure `AssociatedFace` of the API."""

    FaceId: NotRequired[str]


class UnsuccessfulFaceAssociation(TypedDict):
    """The structure `UnsuccessfulFaceAssociation` of the API."""

    FaceId: NotRequired[str]
    UserId: NotRequired[str]
    Confidence: NotRequired[float]
    Reasons: NotRequired[list[UnsuccessfulFaceAssociationReason]]


class AssociateFacesResponse(TypedDict):
    """The structure `AssociateFacesResponse` of the API."""

    AssociatedFaces: NotRequired[list[AssociatedFace]]
    UnsuccessfulFaceAssociations: NotRequired[list[UnsuccessfulFaceAssociation]]
    UserStatus: NotRequired[UserStatus]


class AudioMetadata(TypedDict):
    """The structure `AudioMetadata` of the API."""

    Codec: NotRequired[str]
    DurationMillis: NotRequired[int]
    SampleRate: NotRequired[int]
    NumberOfChannels: NotRequired[int]


class BoundingBox(TypedDict):
    """The structure `BoundingBox` of the API."""

    Width: NotRequired[float]
    Height: NotRequired[float]
    Left: NotRequired[float]
    Top: NotRequired[float]


class AuditImage(TypedDict):
    """The structure `AuditImage` of the API."""

    Bytes: NotRequired[bytes]
    S3Object: NotRequired[S3Object]
    BoundingBox: NotRequired[BoundingBox]


class Beard(TypedDict):
    """The structure `Beard` of the API."""

    Value: NotRequired[bool]
    Confidence: NotRequired[float]


class BlackFrame(TypedDict):
    """The structure `BlackFrame` of the API."""

    MaxPixelThreshold: NotRequired[float]
    MinCoveragePercentage: NotRequired[float]


class CoversBodyPart(TypedDict):
    """The structure `CoversBodyPart` of the API."""

    Confidence: NotRequired[float]
    Value: NotRequired[bool]


class EquipmentDetection(TypedDict):
    """The structure `EquipmentDetection` of the API."""

    BoundingBox: NotRequired[BoundingBox]
    Confidence: NotRequired[float]
    Type: NotRequired[ProtectiveEquipmentType]
    CoversBodyPart: NotRequired[CoversBodyPart]


class ProtectiveEquipmentBodyPart(TypedDict):
    """The structure `ProtectiveEquipmentBodyPart` of the API."""

    Name: NotRequired[BodyPart]
    Confidence: NotRequired[float]
    EquipmentDetections: NotRequired[list[EquipmentDetection]]


class Landmark(TypedDict):
    """The structure `Landmark` of the API."""

    Type: NotRequired[LandmarkType]
    X: NotRequired[float]
    Y: NotRequired[float]


class Pose(TypedDict):
    """The structure `Pose` of the API."""

    Roll: NotRequired[float]
    Yaw: NotRequired[float]
    Pitch: NotRequired[float]


class ImageQuality(TypedDict):
    """The structure `ImageQuality` of the API."""

    Brightness: NotRequired[float]
    Sharpness: NotRequired[float]


class Emotion(TypedDict):
    """The structure `Emotion` of the API."""

    Type: NotRequired[EmotionName]
    Confidence: NotRequired[float]


class Smile(TypedDict):
    """The structure `Smile` of the API."""

    Value: NotRequired[bool]
    Confidence: NotRequired[float]


class ComparedFace(TypedDict):
    """The structure `ComparedFace` of the API."""

    BoundingBox: NotRequired[BoundingBox]
    Confidence: NotRequired[float]
    Landmarks: NotRequired[list[Landmark]]
    Pose: NotRequired[Pose]
    Quality: NotRequired[ImageQuality]
    Emotions: NotRequired[list[Emotion]]
    Smile: NotRequired[Smile]


class KnownGender(TypedDict):
    """The structure `KnownGender` of the API."""

    Type: NotRequired[KnownGenderType]


class Celebrity(TypedDict):
    """The structure `Celebrity` of the API."""

    Urls: NotRequired[list[str]]
    Name: NotRequired[str]
    Id: NotRequired[str]
    Face: NotRequired[ComparedFace]
    MatchConfidence: NotRequired[float]
    KnownGender: NotRequired[KnownGender]


class Eyeglasses(TypedDict):
    """The structure `Eyeglasses` of the API."""

    Value: NotRequired[bool]
    Confidence: NotRequired[float]


class Sunglasses(TypedDict):
    """The structure `Sunglasses` of the API."""

    Value: NotRequired[bool]
    Confidence: NotRequired[float]


class Gender(TypedDict):
    """The structure `Gender` of the API."""

    Value: NotRequired[GenderType]
    Confidence: NotRequired[float]


class Mustache(TypedDict):
    """The structure `Mustache` of the API."""

    Value: NotRequired[bool]
    Confidence: NotRequired[float]


class EyeOpen(TypedDict):
    """The structure `EyeOpen` of the API."""

    Value: NotRequired[bool]
    Confidence: NotRequired[float]


class MouthOpen(TypedDict):
    """The structure `MouthOpen` of the API."""

    Value: NotRequired[bool]
    Confidence: NotRequired[float]


class FaceOccluded(TypedDict):
    """The structure `FaceOccluded` of the API."""

    Value: NotRequired[bool]
    Confidence: NotRequired[float]


class EyeDirection(TypedDict):
    """The structure `EyeDirection` of the API."""

    Yaw: NotRequired[float]
    Pitch: NotRequired[float]
    Confidence: NotRequired[float]


class FaceDetail(TypedDict):
    """The structure `FaceDetail` of the API."""

    BoundingBox: NotRequired[BoundingBox]
    AgeRange: NotRequired[AgeRange]
    Smile: NotRequired[Smile]
    Eyeglasses: NotRequired[Eyeglasses]
    Sunglasses: NotRequired[Sunglasses]
    Gender: NotRequired[Gender]
    Beard: NotRequired[Beard]
    Mustache: NotRequired[Mustache]
    EyesOpen: NotRequired[EyeOpen]
    MouthOpen: NotRequired[MouthOpen]
    Emotions: NotRequired[list[Emotion]]
    Landmarks: NotRequired[list[Landmark]]
    Pose: NotRequired[Pose]
    Quality: NotRequired[ImageQuality]
    Confidence: NotRequired[float]
    FaceOccluded: NotRequired[FaceOccluded]
    EyeDirection: NotRequired[EyeDirection]


class CelebrityDetail(TypedDict):
    """The structure `CelebrityDetail` of the API."""

    Urls: NotRequired[list[str]]
    Name: NotRequired[str]
    Id: NotRequired[str]
    Confidence: NotRequired[float]
    BoundingBox: NotRequired[BoundingBox]
    Face: NotRequired[FaceDetail]
    KnownGender: NotRequired[KnownGender]


class CelebrityRecognition(TypedDict):
    """The structure `CelebrityRecognition` of the API."""

    Timestamp: NotRequired[int]
    Celebrity: NotRequired[CelebrityDetail]


class Challenge(TypedDict):
    """The structure `Challenge` of the API."""

    Type: Required[ChallengeType]
    Version: Required[str]


class Versions(TypedDict):
    """The structure `Versions` of the API."""

    Minimum: NotRequired[str]
    Maximum: NotRequired[str]


class ChallengePreference(TypedDict):
    """The structure `ChallengePreference` of the API."""

    Type: Required[ChallengeType]
    Versions: NotRequired[Versions]


class CompareFacesMatch(TypedDict):
    """The structure `CompareFacesMatch` of the API."""

    Similarity: NotRequired[float]
    Face: NotRequired[ComparedFace]


class Image(TypedDict):
    """The structure `Image` of the API."""

    Bytes: NotRequired[bytes]
    S3Object: NotRequired[S3Object]


class CompareFacesRequest(TypedDict):
    """The structure `CompareFacesRequest` of the API."""

    SourceImage: Required[Image]
    TargetImage: Required[Image]
    SimilarityThreshold: NotRequired[float]
    QualityFilter: NotRequired[QualityFilter]


class ComparedSourceImageFace(TypedDict):
    """The structure `ComparedSourceImageFace` of the API."""

    BoundingBox: NotRequired[BoundingBox]
    Confidence: NotRequired[float]


class CompareFacesResponse(TypedDict):
    """The structure `CompareFacesResponse` of the API."""

    SourceImageFace: NotRequired[ComparedSourceImageFace]
    FaceMatches: NotRequired[list[CompareFacesMatch]]
    UnmatchedFaces: NotRequired[list[ComparedFace]]
    SourceImageOrientationCorrection: NotRequired[OrientationCorrection]
    TargetImageOrientationCorrection: NotRequired[OrientationCorrection]


class ConnectedHomeSettings(TypedDict):
    """The structure `ConnectedHomeSettings` of the API."""

    Labels: Required[list[str]]
    MinConfidence: NotRequired[float]


class ConnectedHomeSettingsForUpdate(TypedDict):
    """The structure `ConnectedHomeSettingsForUpdate` of the API."""

    Labels: NotRequired[list[str]]
    MinConfidence: NotRequired[float]


class ModerationLabel(TypedDict):
    """The structure `ModerationLabel` of the API."""

    Confidence: NotRequired[float]
    Name: NotRequired[str]
    ParentName: NotRequired[str]
    TaxonomyLevel: NotRequired[int]


class ContentType(TypedDict):
    """The structure `ContentType` of the API."""

    Confidence: NotRequired[float]
    Name: NotRequired[str]


class ContentModerationDetection(TypedDict):
    """The structure `ContentModerationDetection` of the API."""

    Timestamp: NotRequired[int]
    ModerationLabel: NotRequired[ModerationLabel]
    StartTimestampMillis: NotRequired[int]
    EndTimestampMillis: NotRequired[int]
    DurationMillis: NotRequired[int]
    ContentTypes: NotRequired[list[ContentType]]


class OutputConfig(TypedDict):
    """The structure `OutputConfig` of the API."""

    S3Bucket: NotRequired[str]
    S3KeyPrefix: NotRequired[str]


class CopyProjectVersionRequest(TypedDict):
    """The structure `CopyProjectVersionRequest` of the API."""

    SourceProjectArn: Required[str]
    SourceProjectVersionArn: Required[str]
    DestinationProjectArn: Required[str]
    VersionName: Required[str]
    OutputConfig: Required[OutputConfig]
    Tags: NotRequired[dict[str, str]]
    KmsKeyId: NotRequired[str]


class CopyProjectVersionResponse(TypedDict):
    """The structure `CopyProjectVersionResponse` of the API."""

    ProjectVersionArn: NotRequired[str]


class CreateCollectionRequest(TypedDict):
    """The structure `CreateCollectionRequest` of the API."""

    CollectionId: Required[str]
    Tags: NotRequired[dict[str, str]]


class CreateCollectionResponse(TypedDict):
    """The structure `CreateCollectionResponse` of the API."""

    StatusCode: NotRequired[int]
    CollectionArn: NotRequired[str]
    FaceModelVersion: NotRequired[str]


class DatasetSource(TypedDict):
    """The structure `DatasetSource` of the API."""

    GroundTruthManifest: NotRequired[GroundTruthManifest]
    DatasetArn: NotRequired[str]


class CreateDatasetRequest(TypedDict):
    """The structure `CreateDatasetRequest` of the API."""

    DatasetSource: NotRequired[DatasetSource]
    DatasetType: Required[DatasetType]
    ProjectArn: Required[str]
    Tags: NotRequired[dict[str, str]]


class CreateDatasetResponse(TypedDict):
    """The structure `CreateDatasetResponse` of the API."""

    DatasetArn: NotRequired[str]


class LivenessOutputConfig(TypedDict):
    """The structure `LivenessOutputConfig` of the API."""

    S3Bucket: Required[str]
    S3KeyPrefix: NotRequired[str]


class CreateFaceLivenessSessionRequestSettings(TypedDict):
    """The structure `CreateFaceLivenessSessionRequestSettings` of the API."""

    OutputConfig: NotRequired[LivenessOutputConfig]
    AuditImagesLimit: NotRequired[int]
    ChallengePreferences: NotRequired[list[ChallengePreference]]


class CreateFaceLivenessSessionRequest(TypedDict):
    """The structure `CreateFaceLivenessSessionRequest` of the API."""

    KmsKeyId: NotRequired[str]
    Settings: NotRequired[CreateFaceLivenessSessionRequestSettings]
    ClientRequestToken: NotRequired[str]


class CreateFaceLivenessSessionResponse(TypedDict):
    """The structure `CreateFaceLivenessSessionResponse` of the API."""

    SessionId: Required[str]


class CreateProjectRequest(TypedDict):
    """The structure `CreateProjectRequest` of the API."""

    ProjectName: Required[str]
    Feature: NotRequired[CustomizationFeature]
    AutoUpdate: NotRequired[ProjectAutoUpdate]
    Tags: NotRequired[dict[str, str]]


class CreateProjectResponse(TypedDict):
    """The structure `CreateProjectResponse` of the API."""

    ProjectArn: NotRequired[str]


class TrainingData(TypedDict):
    """The structure `TrainingData` of the API."""

    Assets: NotRequired[list[Asset]]


class TestingData(TypedDict):
    """The structure `TestingData` of the API."""

    Assets: NotRequired[list[Asset]]
    AutoCreate: NotRequired[bool]


class CustomizationFeatureContentModerationConfig(TypedDict):
    """The structure `CustomizationFeatureContentModerationConfig` of the API."""

    ConfidenceThreshold: NotRequired[float]


class CustomizationFeatureConfig(TypedDict):
    """The structure `CustomizationFeatureConfig` of the API."""

    ContentModeration: NotRequired[CustomizationFeatureContentModerationConfig]


class CreateProjectVersionRequest(TypedDict):
    """The structure `CreateProjectVersionRequest` of the API."""

    ProjectArn: Required[str]
    VersionName: Required[str]
    OutputConfig: Required[OutputConfig]
    TrainingData: NotRequired[TrainingData]
    TestingData: NotRequired[TestingData]
    Tags: NotRequired[dict[str, str]]
    KmsKeyId: NotRequired[str]
    VersionDescription: NotRequired[str]
    FeatureConfig: NotRequired[CustomizationFeatureConfig]


class CreateProjectVersionResponse(TypedDict):
    """The structure `CreateProjectVersionResponse` of the API."""

    ProjectVersionArn: NotRequired[str]


class KinesisVideoStream(TypedDict):
    """The structure `KinesisVideoStream` of the API."""

    Arn: NotRequired[str]


class StreamProcessorInput(TypedDict):
    """The structure `StreamProcessorInput` of the API."""

    KinesisVideoStream: NotRequired[KinesisVideoStream]


class KinesisDataStream(TypedDict):
    """The structure `KinesisDataStream` of the API."""

    Arn: NotRequired[str]


class S3Destination(TypedDict):
    """The structure `S3Destination` of the API."""

    Bucket: NotRequired[str]
    KeyPrefix: NotRequired[str]


class StreamProcessorOutput(TypedDict):
    """The structure `StreamProcessorOutput` of the API."""

    KinesisDataStream: NotRequired[KinesisDataStream]
    S3Destination: NotRequired[S3Destination]


class FaceSearchSettings(TypedDict):
    """The structure `FaceSearchSettings` of the API."""

    CollectionId: NotRequired[str]
    FaceMatchThreshold: NotRequired[float]


class StreamProcessorSettings(TypedDict):
    """The structure `StreamProcessorSettings` of the API."""

    FaceSearch: NotRequired[FaceSearchSettings]
    ConnectedHome: NotRequired[ConnectedHomeSettings]


class StreamProcessorNotificationChannel(TypedDict):
    """The structure `StreamProcessorNotificationChannel` of the API."""

    SNSTopicArn: Required[str]


class Point(TypedDict):
    """The structure `Point` of the API."""

    X: NotRequired[float]
    Y: NotRequired[float]


class RegionOfInterest(TypedDict):
    """The structure `RegionOfInterest` of the API."""

    BoundingBox: NotRequired[BoundingBox]
    Polygon: NotRequired[list[Point]]


class StreamProcessorDataSharingPreference(TypedDict):
    """The structure `StreamProcessorDataSharingPreference` of the API."""

    OptIn: Required[bool]


class CreateStreamProcessorRequest(TypedDict):
    """The structure `CreateStreamProcessorRequest` of the API."""

    Input: Required[StreamProcessorInput]
    Output: Required[StreamProcessorOutput]
    Name: Required[str]
    Settings: Required[StreamProcessorSettings]
    RoleArn: Required[str]
    Tags: NotRequired[dict[str, str]]
    NotificationChannel: NotRequired[StreamProcessorNotificationChannel]
    KmsKeyId: NotRequired[str]
    RegionsOfInterest: NotRequired[list[RegionOfInterest]]
    DataSharingPreference: NotRequired[StreamProcessorDataSharingPreference]


class CreateStreamProcessorResponse(TypedDict):
    """The structure `CreateStreamProcessorResponse` of the API."""

    StreamProcessorArn: NotRequired[str]


class CreateUserRequest(TypedDict):
    """The structure `CreateUserRequest` of the API."""

    CollectionId: Required[str]
    UserId: Required[str]
    ClientRequestToken: NotRequired[str]


class CreateUserResponse(TypedDict):
    """The structure `CreateUserResponse` of the API."""


class Geometry(TypedDict):
    """The structure `Geometry` of the API."""

    BoundingBox: NotRequired[BoundingBox]
    Polygon: NotRequired[list[Point]]


class CustomLabel(TypedDict):
    """The structure `CustomLabel` of the API."""

    Name: NotRequired[str]
    Confidence: NotRequired[float]
    Geometry: NotRequired[Geometry]


class DatasetChanges(TypedDict):
    """The structure `DatasetChanges` of the API."""

    GroundTruth: Required[bytes]


class DatasetStats(TypedDict):
    """The structure `DatasetStats` of the API."""

    LabeledEntries: NotRequired[int]
    TotalEntries: NotRequired[int]
    TotalLabels: NotRequired[int]
    ErrorEntries: NotRequired[int]


class DatasetDescription(TypedDict):
    """The structure `DatasetDescription` of the API."""

    CreationTimestamp: NotRequired[datetime]
    LastUpdatedTimestamp: NotRequired[datetime]
    Status: NotRequired[DatasetStatus]
    StatusMessage: NotRequired[str]
    StatusMessageCode: NotRequired[DatasetStatusMessageCode]
    DatasetStats: NotRequired[DatasetStats]


class DatasetLabelStats(TypedDict):
    """The structure `DatasetLabelStats` of the API."""

    EntryCount: NotRequired[int]
    BoundingBoxCount: NotRequired[int]


class DatasetLabelDescription(TypedDict):
    """The structure `DatasetLabelDescription` of the API."""

    LabelName: NotRequired[str]
    LabelStats: NotRequired[DatasetLabelStats]


class DatasetMetadata(TypedDict):
    """The structure `DatasetMetadata` of the API."""

    CreationTimestamp: NotRequired[datetime]
    DatasetType: NotRequired[DatasetType]
    DatasetArn: NotRequired[str]
    Status: NotRequired[DatasetStatus]
    StatusMessage: NotRequired[str]
    StatusMessageCode: NotRequired[DatasetStatusMessageCode]


class DeleteCollectionRequest(TypedDict):
    """The structure `DeleteCollectionRequest` of the API."""

    CollectionId: Required[str]


class DeleteCollectionResponse(TypedDict):
    """The structure `DeleteCollectionResponse` of the API."""

    StatusCode: NotRequired[int]


class DeleteDatasetRequest(TypedDict):
    """The structure `DeleteDatasetRequest` of the API."""

    DatasetArn: Required[str]


class DeleteDatasetResponse(TypedDict):
    """The structure `DeleteDatasetResponse` of the API."""


class DeleteFacesRequest(TypedDict):
    """The structure `DeleteFacesRequest` of the API."""

    CollectionId: Required[str]
    FaceIds: Required[list[str]]


class UnsuccessfulFaceDeletion(TypedDict):
    """The structure `UnsuccessfulFaceDeletion` of the API."""

    FaceId: NotRequired[str]
    UserId: NotRequired[str]
    Reasons: NotRequired[list[UnsuccessfulFaceDeletionReason]]


class DeleteFacesResponse(TypedDict):
    """The structure `DeleteFacesResponse` of the API."""

    DeletedFaces: NotRequired[list[str]]
    UnsuccessfulFaceDeletions: NotRequired[list[UnsuccessfulFaceDeletion]]


class DeleteProjectPolicyRequest(TypedDict):
    """The structure `DeleteProjectPolicyRequest` of the API."""

    ProjectArn: Required[str]
    PolicyName: Required[str]
    PolicyRevisionId: NotRequired[str]


class DeleteProjectPolicyResponse(TypedDict):
    """The structure `DeleteProjectPolicyResponse` of the API."""


class DeleteProjectRequest(TypedDict):
    """The structure `DeleteProjectRequest` of the API."""

    ProjectArn: Required[str]


class DeleteProjectResponse(TypedDict):
    """The structure `DeleteProjectResponse` of the API."""

    Status: NotRequired[ProjectStatus]


class DeleteProjectVersionRequest(TypedDict):
    """The structure `DeleteProjectVersionRequest` of the API."""

    ProjectVersionArn: Required[str]


class DeleteProjectVersionResponse(TypedDict):
    """The structure `DeleteProjectVersionResponse` of the API."""

    Status: NotRequired[ProjectVersionStatus]


class DeleteStreamProcessorRequest(TypedDict):
    """The structure `DeleteStreamProcessorRequest` of the API."""

    Name: Required[str]


class DeleteStreamProcessorResponse(TypedDict):
    """The structure `DeleteStreamProcessorResponse` of the API."""


class DeleteUserRequest(TypedDict):
    """The structure `DeleteUserRequest` of the API."""

    CollectionId: Required[str]
    UserId: Required[str]
    ClientRequestToken: NotRequired[str]


class DeleteUserResponse(TypedDict):
    """The structure `DeleteUserResponse` of the API."""


class DescribeCollectionRequest(TypedDict):
    """The structure `DescribeCollectionRequest` of the API."""

    CollectionId: Required[str]


class DescribeCollectionResponse(TypedDict):
    """The structure `DescribeCollectionResponse` of the API."""

    FaceCount: NotRequired[int]
    FaceModelVersion: NotRequired[str]
    CollectionARN: NotRequired[str]
    CreationTimestamp: NotRequired[datetime]
    UserCount: NotRequired[int]


class DescribeDatasetRequest(TypedDict):
    """The structure `DescribeDatasetRequest` of the API."""

    DatasetArn: Required[str]


class DescribeDatasetResponse(TypedDict):
    """The structure `DescribeDatasetResponse` of the API."""

    DatasetDescription: NotRequired[DatasetDescription]


class DescribeProjectVersionsRequest(TypedDict):
    """The structure `DescribeProjectVersionsRequest` of the API."""

    ProjectArn: Required[str]
    VersionNames: NotRequired[list[str]]
    NextToken: NotRequired[str]
    MaxResults: NotRequired[int]


class ValidationData(TypedDict):
    """The structure `ValidationData` of the API."""

    Assets: NotRequired[list[Asset]]


class TrainingDataResult(TypedDict):
    """The structure `TrainingDataResult` of the API."""

    Input: NotRequired[TrainingData]
    Output: NotRequired[TrainingData]
    Validation: NotRequired[ValidationData]


class TestingDataResult(TypedDict):
    """The structure `TestingDataResult` of the API."""

    Input: NotRequired[TestingData]
    Output: NotRequired[TestingData]
    Validation: NotRequired[ValidationData]


class Summary(TypedDict):
    """The structure `Summary` of the API."""

    S3Object: NotRequired[S3Object]


class EvaluationResult(TypedDict):
    """The structure `EvaluationResult` of the API."""

    F1Score: NotRequired[float]
    Summary: NotRequired[Summary]


class ProjectVersionDescription(TypedDict):
    """The structure `ProjectVersionDescription` of the API."""

    ProjectVersionArn: NotRequired[str]
    CreationTimestamp: NotRequired[datetime]
    MinInferenceUnits: NotRequired[int]
    Status: NotRequired[ProjectVersionStatus]
    StatusMessage: NotRequired[str]
    BillableTrainingTimeInSeconds: NotRequired[int]
    TrainingEndTimestamp: NotRequired[datetime]
    OutputConfig: NotRequired[OutputConfig]
    TrainingDataResult: NotRequired[TrainingDataResult]
    TestingDataResult: NotRequired[TestingDataResult]
    EvaluationResult: NotRequired[EvaluationResult]
    ManifestSummary: NotRequired[GroundTruthManifest]
    KmsKeyId: NotRequired[str]
    MaxInferenceUnits: NotRequired[int]
    SourceProjectVersionArn: NotRequired[str]
    VersionDescription: NotRequired[str]
    Feature: NotRequired[CustomizationFeature]
    BaseModelVersion: NotRequired[str]
    FeatureConfig: NotRequired[CustomizationFeatureConfig]


class DescribeProjectVersionsResponse(TypedDict):
    """The structure `DescribeProjectVersionsResponse` of the API."""

    ProjectVersionDescriptions: NotRequired[list[ProjectVersionDescription]]
    NextToken: NotRequired[str]


class DescribeProjectsRequest(TypedDict):
    """The structure `DescribeProjectsRequest` of the API."""

    NextToken: NotRequired[str]
    MaxResults: NotRequired[int]
    ProjectNames: NotRequired[list[str]]
    Features: NotRequired[list[CustomizationFeature]]


class ProjectDescription(TypedDict):
    """The structure `ProjectDescription` of the API."""

    ProjectArn: NotRequired[str]
    CreationTimestamp: NotRequired[datetime]
    Status: NotRequired[ProjectStatus]
    Datasets: NotRequired[list[DatasetMetadata]]
    Feature: NotRequired[CustomizationFeature]
    AutoUpdate: NotRequired[ProjectAutoUpdate]


class DescribeProjectsResponse(TypedDict):
    """The structure `DescribeProjectsResponse` of the API."""

    ProjectDescriptions: NotRequired[list[ProjectDescription]]
    NextToken: NotRequired[str]


class DescribeStreamProcessorRequest(TypedDict):
    """The structure `DescribeStreamProcessorRequest` of the API."""

    Name: Required[str]


class DescribeStreamProcessorResponse(TypedDict):
    """The structure `DescribeStreamProcessorResponse` of the API."""

    Name: NotRequired[str]
    StreamProcessorArn: NotRequired[str]
    Status: NotRequired[StreamProcessorStatus]
    StatusMessage: NotRequired[str]
    CreationTimestamp: NotRequired[datetime]
    LastUpdateTimestamp: NotRequired[datetime]
    Input: NotRequired[StreamProcessorInput]
    Output: NotRequired[StreamProcessorOutput]
    RoleArn: NotRequired[str]
    Settings: NotRequired[StreamProcessorSettings]
    NotificationChannel: NotRequired[StreamProcessorNotificationChannel]
    KmsKeyId: NotRequired[str]
    RegionsOfInterest: NotRequired[list[RegionOfInterest]]
    DataSharingPreference: NotRequired[StreamProcessorDataSharingPreference]


class DetectCustomLabelsRequest(TypedDict):
    """The structure `DetectCustomLabelsRequest` of the API."""

    ProjectVersionArn: Required[str]
    Image: Required[Image]
    MaxResults: NotRequired[int]
    MinConfidence: NotRequired[float]


class DetectCustomLabelsResponse(TypedDict):
    """The structure `DetectCustomLabelsResponse` of the API."""

    CustomLabels: NotRequired[list[CustomLabel]]


class DetectFacesRequest(TypedDict):
    """The structure `DetectFacesRequest` of the API."""

    Image: Required[Image]
    Attributes: NotRequired[list[Attribute]]


class DetectFacesResponse(TypedDict):
    """The structure `DetectFacesResponse` of the API."""

    FaceDetails: NotRequired[list[FaceDetail]]
    OrientationCorrection: NotRequired[OrientationCorrection]


class DetectLabelsImageQuality(TypedDict):
    """The structure `DetectLabelsImageQuality` of the API."""

    Brightness: NotRequired[float]
    Sharpness: NotRequired[float]
    Contrast: NotRequired[float]


class DominantColor(TypedDict):
    """The structure `DominantColor` of the API."""

    Red: NotRequired[int]
    Blue: NotRequired[int]
    Green: NotRequired[int]
    HexCode: NotRequired[str]
    CSSColor: NotRequired[str]
    SimplifiedColor: NotRequired[str]
    PixelPercent: NotRequired[float]


class DetectLabelsImageBackground(TypedDict):
    """The structure `DetectLabelsImageBackground` of the API."""

    Quality: NotRequired[DetectLabelsImageQuality]
    DominantColors: NotRequired[list[DominantColor]]


class DetectLabelsImageForeground(TypedDict):
    """The structure `DetectLabelsImageForeground` of the API."""

    Quality: NotRequired[DetectLabelsImageQuality]
    DominantColors: NotRequired[list[DominantColor]]


class DetectLabelsImageProperties(TypedDict):
    """The structure `DetectLabelsImageProperties` of the API."""

    Quality: NotRequired[DetectLabelsImageQuality]
    DominantColors: NotRequired[list[DominantColor]]
    Foreground: NotRequired[DetectLabelsImageForeground]
    Background: NotRequired[DetectLabelsImageBackground]


class DetectLabelsImagePropertiesSettings(TypedDict):
    """The structure `DetectLabelsImagePropertiesSettings` of the API."""

    MaxDominantColors: NotRequired[int]


class GeneralLabelsSettings(TypedDict):
    """The structure `GeneralLabelsSettings` of the API."""

    LabelInclusionFilters: NotRequired[list[str]]
    LabelExclusionFilters: NotRequired[list[str]]
    LabelCategoryInclusionFilters: NotRequired[list[str]]
    LabelCategoryExclusionFilters: NotRequired[list[str]]


class DetectLabelsSettings(TypedDict):
    """The structure `DetectLabelsSettings` of the API."""

    GeneralLabels: NotRequired[GeneralLabelsSettings]
    ImageProperties: NotRequired[DetectLabelsImagePropertiesSettings]


class DetectLabelsRequest(TypedDict):
    """The structure `DetectLabelsRequest` of the API."""

    Image: Required[Image]
    MaxLabels: NotRequired[int]
    MinConfidence: NotRequired[float]
    Features: NotRequired[list[DetectLabelsFeatureName]]
    Settings: NotRequired[DetectLabelsSettings]


class Instance(TypedDict):
    """The structure `Instance` of the API."""

    BoundingBox: NotRequired[BoundingBox]
    Confidence: NotRequired[float]
    DominantColors: NotRequired[list[DominantColor]]


class Parent(TypedDict):
    """The structure `Parent` of the API."""

    Name: NotRequired[str]


class LabelAlias(TypedDict):
    """The structure `LabelAlias` of the API."""

    Name: NotRequired[str]


class LabelCategory(TypedDict):
    """The structure `LabelCategory` of the API."""

    Name: NotRequired[str]


class Label(TypedDict):
    """The structure `Label` of the API."""

    Name: NotRequired[str]
    Confidence: NotRequired[float]
    Instances: NotRequired[list[Instance]]
    Parents: NotRequired[list[Parent]]
    Aliases: NotRequired[list[LabelAlias]]
    Categories: NotRequired[list[LabelCategory]]


class DetectLabelsResponse(TypedDict):
    """The structure `DetectLabelsResponse` of the API."""

    Labels: NotRequired[list[Label]]
    OrientationCorrection: NotRequired[OrientationCorrection]
    LabelModelVersion: NotRequired[str]
    ImageProperties: NotRequired[DetectLabelsImageProperties]


class HumanLoopDataAttributes(TypedDict):
    """The structure `HumanLoopDataAttributes` of the API."""

    ContentClassifiers: NotRequired[list[ContentClassifier]]


class HumanLoopConfig(TypedDict):
    """The structure `HumanLoopConfig` of the API."""

    HumanLoopName: Required[str]
    FlowDefinitionArn: Required[str]
    DataAttributes: NotRequired[HumanLoopDataAttributes]


class DetectModerationLabelsRequest(TypedDict):
    """The structure `DetectModerationLabelsRequest` of the API."""

    Image: Required[Image]
    MinConfidence: NotRequired[float]
    HumanLoopConfig: NotRequired[HumanLoopConfig]
    ProjectVersion: NotRequired[str]


class HumanLoopActivationOutput(TypedDict):
    """The structure `HumanLoopActivationOutput` of the API."""

    HumanLoopArn: NotRequired[str]
    HumanLoopActivationReasons: NotRequired[list[str]]
    HumanLoopActivationConditionsEvaluationResults: NotRequired[str]


class DetectModerationLabelsResponse(TypedDict):
    """The structure `DetectModerationLabelsResponse` of the API."""

    ModerationLabels: NotRequired[list[ModerationLabel]]
    ModerationModelVersion: NotRequired[str]
    HumanLoopActivationOutput: NotRequired[HumanLoopActivationOutput]
    ProjectVersion: NotRequired[str]
    ContentTypes: NotRequired[list[ContentType]]


class ProtectiveEquipmentSummarizationAttributes(TypedDict):
    """The structure `ProtectiveEquipmentSummarizationAttributes` of the API."""

    MinConfidence: Required[float]
    RequiredEquipmentTypes: Required[list[ProtectiveEquipmentType]]


class DetectProtectiveEquipmentRequest(TypedDict):
    """The structure `DetectProtectiveEquipmentRequest` of the API."""

    Image: Required[Image]
    SummarizationAttributes: NotRequired[ProtectiveEquipmentSummarizationAttributes]


class ProtectiveEquipmentPerson(TypedDict):
    """The structure `ProtectiveEquipmentPerson` of the API."""

    BodyParts: NotRequired[list[ProtectiveEquipmentBodyPart]]
    BoundingBox: NotRequired[BoundingBox]
    Confidence: NotRequired[float]
    Id: NotRequired[int]


class ProtectiveEquipmentSummary(TypedDict):
    """The structure `ProtectiveEquipmentSummary` of the API."""

    PersonsWithRequiredEquipment: NotRequired[list[int]]
    PersonsWithoutRequiredEquipment: NotRequired[list[int]]
    PersonsIndeterminate: NotRequired[list[int]]


class DetectProtectiveEquipmentResponse(TypedDict):
    """The structure `DetectProtectiveEquipmentResponse` of the API."""

    ProtectiveEquipmentModelVersion: NotRequired[str]
    Persons: NotRequired[list[ProtectiveEquipmentPerson]]
    Summary: NotRequired[ProtectiveEquipmentSummary]


class DetectionFilter(TypedDict):
    """The structure `DetectionFilter` of the API."""

    MinConfidence: NotRequired[float]
    MinBoundingBoxHeight: NotRequired[float]
    MinBoundingBoxWidth: NotRequired[float]


class DetectTextFilters(TypedDict):
    """The structure `DetectTextFilters` of the API."""

    WordFilter: NotRequired[DetectionFilter]
    RegionsOfInterest: NotRequired[list[RegionOfInterest]]


class DetectTextRequest(TypedDict):
    """The structure `DetectTextRequest` of the API."""

    Image: Required[Image]
    Filters: NotRequired[DetectTextFilters]


class TextDetection(TypedDict):
    """The structure `TextDetection` of the API."""

    DetectedText: NotRequired[str]
    Type: NotRequired[TextTypes]
    Id: NotRequired[int]
    ParentId: NotRequired[int]
    Confidence: NotRequired[float]
    Geometry: NotRequired[Geometry]


class DetectTextResponse(TypedDict):
    """The structure `DetectTextResponse` of the API."""

    TextDetections: NotRequired[list[TextDetection]]
    TextModelVersion: NotRequired[str]


class DisassociateFacesRequest(TypedDict):
    """The structure `DisassociateFacesRequest` of the API."""

    CollectionId: Required[str]
    UserId: Required[str]
    ClientRequestToken: NotRequired[str]
    FaceIds: Required[list[str]]


class DisassociatedFace(TypedDict):
    """The structure `DisassociatedFace` of the API."""

    FaceId: NotRequired[str]


class UnsuccessfulFaceDisassociation(TypedDict):
    """The structure `UnsuccessfulFaceDisassociation` of the API."""

    FaceId: NotRequired[str]
    UserId: NotRequired[str]
    Reasons: NotRequired[list[UnsuccessfulFaceDisassociationReason]]


class DisassociateFacesResponse(TypedDict):
    """The structure `DisassociateFacesResponse` of the API."""

    DisassociatedFaces: NotRequired[list[DisassociatedFace]]
    UnsuccessfulFaceDisassociations: NotRequired[list[UnsuccessfulFaceDisassociation]]
    UserStatus: NotRequired[UserStatus]


class DistributeDataset(TypedDict):
    """The structure `DistributeDataset` of the API."""

    Arn: Required[str]


class DistributeDatasetEntriesRequest(TypedDict):
    """The structure `DistributeDatasetEntriesRequest` of the API."""

    Datasets: Required[list[DistributeDataset]]


class DistributeDatasetEntriesResponse(TypedDict):
    """The structure `DistributeDatasetEntriesResponse` of the API."""


class Face(TypedDict):
    """The structure `Face` of the API."""

    FaceId: NotRequired[str]
    BoundingBox: NotRequired[BoundingBox]
    ImageId: NotRequired[str]
    ExternalImageId: NotRequired[str]
    Confidence: NotRequired[float]
    IndexFacesModelVersion: NotRequired[str]
    UserId: NotRequired[str]


class FaceDetection(TypedDict):
    """The structure `FaceDetection` of the API."""

    Timestamp: NotRequired[int]
    Face: NotRequired[FaceDetail]


class FaceMatch(TypedDict):
    """The structure `FaceMatch` of the API."""

    Similarity: NotRequired[float]
    Face: NotRequired[Face]


class FaceRecord(TypedDict):
    """The structure `FaceRecord` of the API."""

    Face: NotRequired[Face]
    FaceDetail: NotRequired[FaceDetail]


class FeedbackItem(TypedDict):
    """The structure `FeedbackItem` of the API."""

    Code: Required[FeedbackCode]
    Message: Required[str]


class GetCelebrityInfoRequest(TypedDict):
    """The structure `GetCelebrityInfoRequest` of the API."""

    Id: Required[str]


class GetCelebrityInfoResponse(TypedDict):
    """The structure `GetCelebrityInfoResponse` of the API."""

    Urls: NotRequired[list[str]]
    Name: NotRequired[str]
    KnownGender: NotRequired[KnownGender]


class GetCelebrityRecognitionRequest(TypedDict):
    """The structure `GetCelebrityRecognitionRequest` of the API."""

    JobId: Required[str]
    MaxResults: NotRequired[int]
    NextToken: NotRequired[str]
    SortBy: NotRequired[CelebrityRecognitionSortBy]


class VideoMetadata(TypedDict):
    """The structure `VideoMetadata` of the API."""

    Codec: NotRequired[str]
    DurationMillis: NotRequired[int]
    Format: NotRequired[str]
    FrameRate: NotRequired[float]
    FrameHeight: NotRequired[int]
    FrameWidth: NotRequired[int]
    ColorRange: NotRequired[VideoColorRange]


class Video(TypedDict):
    """The structure `Video` of the API."""

    S3Object: NotRequired[S3Object]


class GetCelebrityRecognitionResponse(TypedDict):
    """The structure `GetCelebrityRecognitionResponse` of the API."""

    JobStatus: NotRequired[VideoJobStatus]
    StatusMessage: NotRequired[str]
    VideoMetadata: NotRequired[VideoMetadata]
    NextToken: NotRequired[str]
    Celebrities: NotRequired[list[CelebrityRecognition]]
    JobId: NotRequired[str]
    Video: NotRequired[Video]
    JobTag: NotRequired[str]


class GetContentModerationRequest(TypedDict):
    """The structure `GetContentModerationRequest` of the API."""

    JobId: Required[str]
    MaxResults: NotRequired[int]
    NextToken: NotRequired[str]
    SortBy: NotRequired[ContentModerationSortBy]
    AggregateBy: NotRequired[ContentModerationAggregateBy]


class GetContentModerationRequestMetadata(TypedDict):
    """The structure `GetContentModerationRequestMetadata` of the API."""

    SortBy: NotRequired[ContentModerationSortBy]
    AggregateBy: NotRequired[ContentModerationAggregateBy]


class GetContentModerationResponse(TypedDict):
    """The structure `GetContentModerationResponse` of the API."""

    JobStatus: NotRequired[VideoJobStatus]
    StatusMessage: NotRequired[str]
    VideoMetadata: NotRequired[VideoMetadata]
    ModerationLabels: NotRequired[list[ContentModerationDetection]]
    NextToken: NotRequired[str]
    ModerationModelVersion: NotRequired[str]
    JobId: NotRequired[str]
    Video: NotRequired[Video]
    JobTag: NotRequired[str]
    GetRequestMetadata: NotRequired[GetContentModerationRequestMetadata]


class GetFaceDetectionRequest(TypedDict):
    """The structure `GetFaceDetectionRequest` of the API."""

    JobId: Required[str]
    MaxResults: NotRequired[int]
    NextToken: NotRequired[str]


class GetFaceDetectionResponse(TypedDict):
    """The structure `GetFaceDetectionResponse` of the API."""

    JobStatus: NotRequired[VideoJobStatus]
    StatusMessage: NotRequired[str]
    VideoMetadata: NotRequired[VideoMetadata]
    NextToken: NotRequired[str]
    Faces: NotRequired[list[FaceDetection]]
    JobId: NotRequired[str]
    Video: NotRequired[Video]
    JobTag: NotRequired[str]


class GetFaceLivenessSessionResultsRequest(TypedDict):
    """The structure `GetFaceLivenessSessionResultsRequest` of the API."""

    SessionId: Required[str]


class SessionMetadata(TypedDict):
    """The structure `SessionMetadata` of the API."""

    SDKType: Required[str]


class GetFaceLivenessSessionResultsResponse(TypedDict):
    """The structure `GetFaceLivenessSessionResultsResponse` of the API."""

    SessionId: Required[str]
    Status: Required[LivenessSessionStatus]
    Confidence: NotRequired[float]
    ReferenceImage: NotRequired[AuditImage]
    AuditImages: NotRequired[list[AuditImage]]
    Challenge: NotRequired[Challenge]
    Feedback: NotRequired[list[FeedbackItem]]
    Metadata: NotRequired[SessionMetadata]


class GetFaceSearchRequest(TypedDict):
    """The structure `GetFaceSearchRequest` of the API."""

    JobId: Required[str]
    MaxResults: NotRequired[int]
    NextToken: NotRequired[str]
    SortBy: NotRequired[FaceSearchSortBy]


class PersonDetail(TypedDict):
    """The structure `PersonDetail` of the API."""

    Index: NotRequired[int]
    BoundingBox: NotRequired[BoundingBox]
    Face: NotRequired[FaceDetail]


class PersonMatch(TypedDict):
    """The structure `PersonMatch` of the API."""

    Timestamp: NotRequired[int]
    Person: NotRequired[PersonDetail]
    FaceMatches: NotRequired[list[FaceMatch]]


class GetFaceSearchResponse(TypedDict):
    """The structure `GetFaceSearchResponse` of the API."""

    JobStatus: NotRequired[VideoJobStatus]
    StatusMessage: NotRequired[str]
    NextToken: NotRequired[str]
    VideoMetadata: NotRequired[VideoMetadata]
    Persons: NotRequired[list[PersonMatch]]
    JobId: NotRequired[str]
    Video: NotRequired[Video]
    JobTag: NotRequired[str]


class GetLabelDetectionRequest(TypedDict):
    """The structure `GetLabelDetectionRequest` of the API."""

    JobId: Required[str]
    MaxResults: NotRequired[int]
    NextToken: NotRequired[str]
    SortBy: NotRequired[LabelDetectionSortBy]
    AggregateBy: NotRequired[LabelDetectionAggregateBy]


class GetLabelDetectionRequestMetadata(TypedDict):
    """The structure `GetLabelDetectionRequestMetadata` of the API."""

    SortBy: NotRequired[LabelDetectionSortBy]
    AggregateBy: NotRequired[LabelDetectionAggregateBy]


class LabelDetection(TypedDict):
    """The structure `LabelDetection` of the API."""

    Timestamp: NotRequired[int]
    Label: NotRequired[Label]
    StartTimestampMillis: NotRequired[int]
    EndTimestampMillis: NotRequired[int]
    DurationMillis: NotRequired[int]


class GetLabelDetectionResponse(TypedDict):
    """The structure `GetLabelDetectionResponse` of the API."""

    JobStatus: NotRequired[VideoJobStatus]
    StatusMessage: NotRequired[str]
    VideoMetadata: NotRequired[VideoMetadata]
    NextToken: NotRequired[str]
    Labels: NotRequired[list[LabelDetection]]
    LabelModelVersion: NotRequired[str]
    JobId: NotRequired[str]
    Video: NotRequired[Video]
    JobTag: NotRequired[str]
    GetRequestMetadata: NotRequired[GetLabelDetectionRequestMetadata]


class GetMediaAnalysisJobRequest(TypedDict):
    """The structure `GetMediaAnalysisJobRequest` of the API."""

    JobId: Required[str]


class MediaAnalysisDetectModerationLabelsConfig(TypedDict):
    """The structure `MediaAnalysisDetectModerationLabelsConfig` of the API."""

    MinConfidence: NotRequired[float]
    ProjectVersion: NotRequired[str]


class MediaAnalysisOperationsConfig(TypedDict):
    """The structure `MediaAnalysisOperationsConfig` of the API."""

    DetectModerationLabels: NotRequired[MediaAnalysisDetectModerationLabelsConfig]


class MediaAnalysisJobFailureDetails(TypedDict):
    """The structure `MediaAnalysisJobFailureDetails` of the API."""

    Code: NotRequired[MediaAnalysisJobFailureCode]
    Message: NotRequired[str]


class MediaAnalysisInput(TypedDict):
    """The structure `MediaAnalysisInput` of the API."""

    S3Object: Required[S3Object]


class MediaAnalysisOutputConfig(TypedDict):
    """The structure `MediaAnalysisOutputConfig` of the API."""

    S3Bucket: Required[str]
    S3KeyPrefix: NotRequired[str]


class MediaAnalysisModelVersions(TypedDict):
    """The structure `MediaAnalysisModelVersions` of the API."""

    Moderation: NotRequired[str]


class MediaAnalysisResults(TypedDict):
    """The structure `MediaAnalysisResults` of the API."""

    S3Object: NotRequired[S3Object]
    ModelVersions: NotRequired[MediaAnalysisModelVersions]


class MediaAnalysisManifestSummary(TypedDict):
    """The structure `MediaAnalysisManifestSummary` of the API."""

    S3Object: NotRequired[S3Object]


class GetMediaAnalysisJobResponse(TypedDict):
    """The structure `GetMediaAnalysisJobResponse` of the API."""

    JobId: Required[str]
    JobName: NotRequired[str]
    OperationsConfig: Required[MediaAnalysisOperationsConfig]
    Status: Required[MediaAnalysisJobStatus]
    FailureDetails: NotRequired[MediaAnalysisJobFailureDetails]
    CreationTimestamp: Required[datetime]
    CompletionTimestamp: NotRequired[datetime]
    Input: Required[MediaAnalysisInput]
    OutputConfig: Required[MediaAnalysisOutputConfig]
    KmsKeyId: NotRequired[str]
    Results: NotRequired[MediaAnalysisResults]
    ManifestSummary: NotRequired[MediaAnalysisManifestSummary]


class GetPersonTrackingRequest(TypedDict):
    """The structure `GetPersonTrackingRequest` of the API."""

    JobId: Required[str]
    MaxResults: NotRequired[int]
    NextToken: NotRequired[str]
    SortBy: NotRequired[PersonTrackingSortBy]


class PersonDetection(TypedDict):
    """The structure `PersonDetection` of the API."""

    Timestamp: NotRequired[int]
    Person: NotRequired[PersonDetail]


class GetPersonTrackingResponse(TypedDict):
    """The structure `GetPersonTrackingResponse` of the API."""

    JobStatus: NotRequired[VideoJobStatus]
    StatusMessage: NotRequired[str]
    VideoMetadata: NotRequired[VideoMetadata]
    NextToken: NotRequired[str]
    Persons: NotRequired[list[PersonDetection]]
    JobId: NotRequired[str]
    Video: NotRequired[Video]
    JobTag: NotRequired[str]


class GetSegmentDetectionRequest(TypedDict):
    """The structure `GetSegmentDetectionRequest` of the API."""

    JobId: Required[str]
    MaxResults: NotRequired[int]
    NextToken: NotRequired[str]


class TechnicalCueSegment(TypedDict):
    """The structure `TechnicalCueSegment` of the API."""

    Type: NotRequired[TechnicalCueType]
    Confidence: NotRequired[float]


class ShotSegment(TypedDict):
    """The structure `ShotSegment` of the API."""

    Index: NotRequired[int]
    Confidence: NotRequired[float]


class SegmentDetection(TypedDict):
    """The structure `SegmentDetection` of the API."""

    Type: NotRequired[SegmentType]
    StartTimestampMillis: NotRequired[int]
    EndTimestampMillis: NotRequired[int]
    DurationMillis: NotRequired[int]
    StartTimecodeSMPTE: NotRequired[str]
    EndTimecodeSMPTE: NotRequired[str]
    DurationSMPTE: NotRequired[str]
    TechnicalCueSegment: NotRequired[TechnicalCueSegment]
    ShotSegment: NotRequired[ShotSegment]
    StartFrameNumber: NotRequired[int]
    EndFrameNumber: NotRequired[int]
    DurationFrames: NotRequired[int]


class SegmentTypeInfo(TypedDict):
    """The structure `SegmentTypeInfo` of the API."""

    Type: NotRequired[SegmentType]
    ModelVersion: NotRequired[str]


class GetSegmentDetectionResponse(TypedDict):
    """The structure `GetSegmentDetectionResponse` of the API."""

    JobStatus: NotRequired[VideoJobStatus]
    StatusMessage: NotRequired[str]
    VideoMetadata: NotRequired[list[VideoMetadata]]
    AudioMetadata: NotRequired[list[AudioMetadata]]
    NextToken: NotRequired[str]
    Segments: NotRequired[list[SegmentDetection]]
    SelectedSegmentTypes: NotRequired[list[SegmentTypeInfo]]
    JobId: NotRequired[str]
    Video: NotRequired[Video]
    JobTag: NotRequired[str]


class GetTextDetectionRequest(TypedDict):
    """The structure `GetTextDetectionRequest` of the API."""

    JobId: Required[str]
    MaxResults: NotRequired[int]
    NextToken: NotRequired[str]


class TextDetectionResult(TypedDict):
    """The structure `TextDetectionResult` of the API."""

    Timestamp: NotRequired[int]
    TextDetection: NotRequired[TextDetection]


class GetTextDetectionResponse(TypedDict):
    """The structure `GetTextDetectionResponse` of the API."""

    JobStatus: NotRequired[VideoJobStatus]
    StatusMessage: NotRequired[str]
    VideoMetadata: NotRequired[VideoMetadata]
    TextDetections: NotRequired[list[TextDetectionResult]]
    NextToken: NotRequired[str]
    TextModelVersion: NotRequired[str]
    JobId: NotRequired[str]
    Video: NotRequired[Video]
    JobTag: NotRequired[str]


class IndexFacesRequest(TypedDict):
    """The structure `IndexFacesRequest` of the API."""

    CollectionId: Required[str]
    Image: Required[Image]
    ExternalImageId: NotRequired[str]
    DetectionAttributes: NotRequired[list[Attribute]]
    MaxFaces: NotRequired[int]
    QualityFilter: NotRequired[QualityFilter]


class UnindexedFace(TypedDict):
    """The structure `UnindexedFace` of the API."""

    Reasons: NotRequired[list[Reason]]
    FaceDetail: NotRequired[FaceDetail]


class IndexFacesResponse(TypedDict):
    """The structure `IndexFacesResponse` of the API."""

    FaceRecords: NotRequired[list[FaceRecord]]
    OrientationCorrection: NotRequired[OrientationCorrection]
    FaceModelVersion: NotRequired[str]
    UnindexedFaces: NotRequired[list[UnindexedFace]]


class KinesisVideoStreamStartSelector(TypedDict):
    """The structure `KinesisVideoStreamStartSelector` of the API."""

    ProducerTimestamp: NotRequired[int]
    FragmentNumber: NotRequired[str]


class LabelDetectionSettings(TypedDict):
    """The structure `LabelDetectionSettings` of the API."""

    GeneralLabels: NotRequired[GeneralLabelsSettings]


class ListCollectionsRequest(TypedDict):
    """The structure `ListCollectionsRequest` of the API."""

    NextToken: NotRequired[str]
    MaxResults: NotRequired[int]


class ListCollectionsResponse(TypedDict):
    """The structure `ListCollectionsResponse` of the API."""

    CollectionIds: NotRequired[list[str]]
    NextToken: NotRequired[str]
    FaceModelVersions: NotRequired[list[str]]


class ListDatasetEntriesRequest(TypedDict):
    """The structure `ListDatasetEntriesRequest` of the API."""

    DatasetArn: Required[str]
    ContainsLabels: NotRequired[list[str]]
    Labeled: NotRequired[bool]
    SourceRefContains: NotRequired[str]
    HasErrors: NotRequired[bool]
    NextToken: NotRequired[str]
    MaxResults: NotRequired[int]


class ListDatasetEntriesResponse(TypedDict):
    """The structure `ListDatasetEntriesResponse` of the API."""

    DatasetEntries: NotRequired[list[str]]
    NextToken: NotRequired[str]


class ListDatasetLabelsRequest(TypedDict):
    """The structure `ListDatasetLabelsRequest` of the API."""

    DatasetArn: Required[str]
    NextToken: NotRequired[str]
    MaxResults: NotRequired[int]


class ListDatasetLabelsResponse(TypedDict):
    """The structure `ListDatasetLabelsResponse` of the API."""

    DatasetLabelDescriptions: NotRequired[list[DatasetLabelDescription]]
    NextToken: NotRequired[str]


class ListFacesRequest(TypedDict):
    """The structure `ListFacesRequest` of the API."""

    CollectionId: Required[str]
    NextToken: NotRequired[str]
    MaxResults: NotRequired[int]
    UserId: NotRequired[str]
    FaceIds: NotRequired[list[str]]


class ListFacesResponse(TypedDict):
    """The structure `ListFacesResponse` of the API."""

    Faces: NotRequired[list[Face]]
    NextToken: NotRequired[str]
    FaceModelVersion: NotRequired[str]


class ListMediaAnalysisJobsRequest(TypedDict):
    """The structure `ListMediaAnalysisJobsRequest` of the API."""

    NextToken: NotRequired[str]
    MaxResults: NotRequired[int]


class MediaAnalysisJobDescription(TypedDict):
    """The structure `MediaAnalysisJobDescription` of the API."""

    JobId: Required[str]
    JobName: NotRequired[str]
    OperationsConfig: Required[MediaAnalysisOperationsConfig]
    Status: Required[MediaAnalysisJobStatus]
    FailureDetails: NotRequired[MediaAnalysisJobFailureDetails]
    CreationTimestamp: Required[datetime]
    CompletionTimestamp: NotRequired[datetime]
    Input: Required[MediaAnalysisInput]
    OutputConfig: Required[MediaAnalysisOutputConfig]
    KmsKeyId: NotRequired[str]
    Results: NotRequired[MediaAnalysisResults]
    ManifestSummary: NotRequired[MediaAnalysisManifestSummary]


class ListMediaAnalysisJobsResponse(TypedDict):
    """The structure `ListMediaAnalysisJobsResponse` of the API."""

    NextToken: NotRequired[str]
    MediaAnalysisJobs: Required[list[MediaAnalysisJobDescription]]


class ListProjectPoliciesRequest(TypedDict):
    """The structure `ListProjectPoliciesRequest` of the API."""

    ProjectArn: Required[str]
    NextToken: NotRequired[str]
    MaxResults: NotRequired[int]


class ProjectPolicy(TypedDict):
    """The structure `ProjectPolicy` of the API."""

    ProjectArn: NotRequired[str]
    PolicyName: NotRequired[str]
    PolicyRevisionId: NotRequired[str]
    PolicyDocument: NotRequired[str]
    CreationTimestamp: NotRequired[datetime]
    LastUpdatedTimestamp: NotRequired[datetime]


class ListProjectPoliciesResponse(TypedDict):
    """The structure `ListProjectPoliciesResponse` of the API."""

    ProjectPolicies: NotRequired[list[ProjectPolicy]]
    NextToken: NotRequired[str]


class ListStreamProcessorsRequest(TypedDict):
    """The structure `ListStreamProcessorsRequest` of the API."""

    NextToken: NotRequired[str]
    MaxResults: NotRequired[int]


class StreamProcessor(TypedDict):
    """The structure `StreamProcessor` of the API."""

    Name: NotRequired[str]
    Status: NotRequired[StreamProcessorStatus]


class ListStreamProcessorsResponse(TypedDict):
    """The structure `ListStreamProcessorsResponse` of the API."""

    NextToken: NotRequired[str]
    StreamProcessors: NotRequired[list[StreamProcessor]]


class ListTagsForResourceRequest(TypedDict):
    """The structure `ListTagsForResourceRequest` of the API."""

    ResourceArn: Required[str]


class ListTagsForResourceResponse(TypedDict):
    """The structure `ListTagsForResourceResponse` of the API."""

    Tags: NotRequired[dict[str, str]]


class ListUsersRequest(TypedDict):
    """The structure `ListUsersRequest` of the API."""

    CollectionId: Required[str]
    MaxResults: NotRequired[int]
    NextToken: NotRequired[str]


class User(TypedDict):
    """The structure `User` of the API."""

    UserId: NotRequired[str]
    UserStatus: NotRequired[UserStatus]


class ListUsersResponse(TypedDict):
    """The structure `ListUsersResponse` of the API."""

    Users: NotRequired[list[User]]
    NextToken: NotRequired[str]


class MatchedUser(TypedDict):
    """The structure `MatchedUser` of the API."""

    UserId: NotRequired[str]
    UserStatus: NotRequired[UserStatus]


class NotificationChannel(TypedDict):
    """The structure `NotificationChannel` of the API."""

    SNSTopicArn: Required[str]
    RoleArn: Required[str]


class PutProjectPolicyRequest(TypedDict):
    """The structure `PutProjectPolicyRequest` of the API."""

    ProjectArn: Required[str]
    PolicyName: Required[str]
    PolicyRevisionId: NotRequired[str]
    PolicyDocument: Required[str]


class PutProjectPolicyResponse(TypedDict):
    """The structure `PutProjectPolicyResponse` of the API."""

    PolicyRevisionId: NotRequired[str]


class RecognizeCelebritiesRequest(TypedDict):
    """The structure `RecognizeCelebritiesRequest` of the API."""

    Image: Required[Image]


class RecognizeCelebritiesResponse(TypedDict):
    """The structure `RecognizeCelebritiesResponse` of the API."""

    CelebrityFaces: NotRequired[list[Celebrity]]
    UnrecognizedFaces: NotRequired[list[ComparedFace]]
    OrientationCorrection: NotRequired[OrientationCorrection]


class SearchFacesByImageRequest(TypedDict):
    """The structure `SearchFacesByImageRequest` of the API."""

    CollectionId: Required[str]
    Image: Required[Image]
    MaxFaces: NotRequired[int]
    FaceMatchThreshold: NotRequired[float]
    QualityFilter: NotRequired[QualityFilter]


class SearchFacesByImageResponse(TypedDict):
    """The structure `SearchFacesByImageResponse` of the API."""

    SearchedFaceBoundingBox: NotRequired[BoundingBox]
    SearchedFaceConfidence: NotRequired[float]
    FaceMatches: NotRequired[list[FaceMatch]]
    FaceModelVersion: NotRequired[str]


class SearchFacesRequest(TypedDict):
    """The structure `SearchFacesRequest` of the API."""

    CollectionId: Required[str]
    FaceId: Required[str]
    MaxFaces: NotRequired[int]
    FaceMatchThreshold: NotRequired[float]


class SearchFacesResponse(TypedDict):
    """The structure `SearchFacesResponse` of the API."""

    SearchedFaceId: NotRequired[str]
    FaceMatches: NotRequired[list[FaceMatch]]
    FaceModelVersion: NotRequired[str]


class SearchUsersByImageRequest(TypedDict):
    """The structure `SearchUsersByImageRequest` of the API."""

    CollectionId: Required[str]
    Image: Required[Image]
    UserMatchThreshold: NotRequired[float]
    MaxUsers: NotRequired[int]
    QualityFilter: NotRequired[QualityFilter]


class UserMatch(TypedDict):
    """The structure `UserMatch` of the API."""

    Similarity: NotRequired[float]
    User: NotRequired[MatchedUser]


class SearchedFaceDetails(TypedDict):
    """The structure `SearchedFaceDetails` of the API."""

    FaceDetail: NotRequired[FaceDetail]


class UnsearchedFace(TypedDict):
    """The structure `UnsearchedFace` of the API."""

    FaceDetails: NotRequired[FaceDetail]
    Reasons: NotRequired[list[UnsearchedFaceReason]]


class SearchUsersByImageResponse(TypedDict):
    """The structure `SearchUsersByImageResponse` of the API."""

    UserMatches: NotRequired[list[UserMatch]]
    FaceModelVersion: NotRequired[str]
    SearchedFace: NotRequired[SearchedFaceDetails]
    UnsearchedFaces: NotRequired[list[UnsearchedFace]]


class SearchUsersRequest(TypedDict):
    """The structure `SearchUsersRequest` of the API."""

    CollectionId: Required[str]
    UserId: NotRequired[str]
    FaceId: NotRequired[str]
    UserMatchThreshold: NotRequired[float]
    MaxUsers: NotRequired[int]


class SearchedFace(TypedDict):
    """The structure `SearchedFace` of the API."""

    FaceId: NotRequired[str]


class SearchedUser(TypedDict):
    """The structure `SearchedUser` of the API."""

    UserId: NotRequired[str]


class SearchUsersResponse(TypedDict):
    """The structure `SearchUsersResponse` of the API."""

    UserMatches: NotRequired[list[UserMatch]]
    FaceModelVersion: NotRequired[str]
    SearchedFace: NotRequired[SearchedFace]
    SearchedUser: NotRequired[SearchedUser]


class StartCelebrityRecognitionRequest(TypedDict):
    """The structure `StartCelebrityRecognitionRequest` of the API."""

    Video: Required[Video]
    ClientRequestToken: NotRequired[str]
    NotificationChannel: NotRequired[NotificationChannel]
    JobTag: NotRequired[str]


class StartCelebrityRecognitionResponse(TypedDict):
    """The structure `StartCelebrityRecognitionResponse` of the API."""

    JobId: NotRequired[str]


class StartContentModerationRequest(TypedDict):
    """The structure `StartContentModerationRequest` of the API."""

    Video: Required[Video]
    MinConfidence: NotRequired[float]
    ClientRequestToken: NotRequired[str]
    NotificationChannel: NotRequired[NotificationChannel]
    JobTag: NotRequired[str]


class StartContentModerationResponse(TypedDict):
    """The structure `StartContentModerationResponse` of the API."""

    JobId: NotRequired[str]


class StartFaceDetectionRequest(TypedDict):
    """The structure `StartFaceDetectionRequest` of the API."""

    Video: Required[Video]
    ClientRequestToken: NotRequired[str]
    NotificationChannel: NotRequired[NotificationChannel]
    FaceAttributes: NotRequired[FaceAttributes]
    JobTag: NotRequired[str]


class StartFaceDetectionResponse(TypedDict):
    """The structure `StartFaceDetectionResponse` of the API."""

    JobId: NotRequired[str]


class StartFaceSearchRequest(TypedDict):
    """The structure `StartFaceSearchRequest` of the API."""

    Video: Required[Video]
    ClientRequestToken: NotRequired[str]
    FaceMatchThreshold: NotRequired[float]
    CollectionId: Required[str]
    NotificationChannel: NotRequired[NotificationChannel]
    JobTag: NotRequired[str]


class StartFaceSearchResponse(TypedDict):
    """The structure `StartFaceSearchResponse` of the API."""

    JobId: NotRequired[str]


class StartLabelDetectionRequest(TypedDict):
    """The structure `StartLabelDetectionRequest` of the API."""

    Video: Required[Video]
    ClientRequestToken: NotRequired[str]
    MinConfidence: NotRequired[float]
    NotificationChannel: NotRequired[NotificationChannel]
    JobTag: NotRequired[str]
    Features: NotRequired[list[LabelDetectionFeatureName]]
    Settings: NotRequired[LabelDetectionSettings]


class StartLabelDetectionResponse(TypedDict):
    """The structure `StartLabelDetectionResponse` of the API."""

    JobId: NotRequired[str]


class StartMediaAnalysisJobRequest(TypedDict):
    """The structure `StartMediaAnalysisJobRequest` of the API."""

    ClientRequestToken: NotRequired[str]
    JobName: NotRequired[str]
    OperationsConfig: Required[MediaAnalysisOperationsConfig]
    Input: Required[MediaAnalysisInput]
    OutputConfig: Required[MediaAnalysisOutputConfig]
    KmsKeyId: NotRequired[str]


class StartMediaAnalysisJobResponse(TypedDict):
    """The structure `StartMediaAnalysisJobResponse` of the API."""

    JobId: Required[str]


class StartPersonTrackingRequest(TypedDict):
    """The structure `StartPersonTrackingRequest` of the API."""

    Video: Required[Video]
    ClientRequestToken: NotRequired[str]
    NotificationChannel: NotRequired[NotificationChannel]
    JobTag: NotRequired[str]


class StartPersonTrackingResponse(TypedDict):
    """The structure `StartPersonTrackingResponse` of the API."""

    JobId: NotRequired[str]


class StartProjectVersionRequest(TypedDict):
    """The structure `StartProjectVersionRequest` of the API."""

    ProjectVersionArn: Required[str]
    MinInferenceUnits: Required[int]
    MaxInferenceUnits: NotRequired[int]


class StartProjectVersionResponse(TypedDict):
    """The structure `StartProjectVersionResponse` of the API."""

    Status: NotRequired[ProjectVersionStatus]


class StartTechnicalCueDetectionFilter(TypedDict):
    """The structure `StartTechnicalCueDetectionFilter` of the API."""

    MinSegmentConfidence: NotRequired[float]
    BlackFrame: NotRequired[BlackFrame]


class StartShotDetectionFilter(TypedDict):
    """The structure `StartShotDetectionFilter` of the API."""

    MinSegmentConfidence: NotRequired[float]


class StartSegmentDetectionFilters(TypedDict):
    """The structure `StartSegmentDetectionFilters` of the API."""

    TechnicalCueFilter: NotRequired[StartTechnicalCueDetectionFilter]
    ShotFilter: NotRequired[StartShotDetectionFilter]


class StartSegmentDetectionRequest(TypedDict):
    """The structure `StartSegmentDetectionRequest` of the API."""

    Video: Required[Video]
    ClientRequestToken: NotRequired[str]
    NotificationChannel: NotRequired[NotificationChannel]
    JobTag: NotRequired[str]
    Filters: NotRequired[StartSegmentDetectionFilters]
    SegmentTypes: Required[list[SegmentType]]


class StartSegmentDetectionResponse(TypedDict):
    """The structure `StartSegmentDetectionResponse` of the API."""

    JobId: NotRequired[str]


class StreamProcessingStartSelector(TypedDict):
    """The structure `StreamProcessingStartSelector` of the API."""

    KVSStreamStartSelector: NotRequired[KinesisVideoStreamStartSelector]


class StreamProcessingStopSelector(TypedDict):
    """The structure `StreamProcessingStopSelector` of the API."""

    MaxDurationInSeconds: NotRequired[int]


class StartStreamProcessorRequest(TypedDict):
    """The structure `StartStreamProcessorRequest` of the API."""

    Name: Required[str]
    StartSelector: NotRequired[StreamProcessingStartSelector]
    StopSelector: NotRequired[StreamProcessingStopSelector]


class StartStreamProcessorResponse(TypedDict):
    """The structure `StartStreamProcessorResponse` of the API."""

    SessionId: NotRequired[str]


class StartTextDetectionFilters(TypedDict):
    """The structure `StartTextDetectionFilters` of the API."""

    WordFilter: NotRequired[DetectionFilter]
    RegionsOfInterest: NotRequired[list[RegionOfInterest]]


class StartTextDetectionRequest(TypedDict):
    """The structure `StartTextDetectionRequest` of the API."""

    Video: Required[Video]
    ClientRequestToken: NotRequired[str]
    NotificationChannel: NotRequired[NotificationChannel]
    JobTag: NotRequired[str]
    Filters: NotRequired[StartTextDetectionFilters]


class StartTextDetectionResponse(TypedDict):
    """The structure `StartTextDetectionResponse` of the API."""

    JobId: NotRequired[str]


class StopProjectVersionRequest(TypedDict):
    """The structure `StopProjectVersionRequest` of the API."""

    ProjectVersionArn: Required[str]


class StopProjectVersionResponse(TypedDict):
    """The structure `StopProjectVersionResponse` of the API."""

    Status: NotRequired[ProjectVersionStatus]


class StopStreamProcessorRequest(TypedDict):
    """The structure `StopStreamProcessorRequest` of the API."""

    Name: Required[str]


class StopStreamProcessorResponse(TypedDict):
    """The structure `StopStreamProcessorResponse` of the API."""


class StreamProcessorSettingsForUpdate(TypedDict):
    """The structure `StreamProcessorSettingsForUpdate` of the API."""

    ConnectedHomeForUpdate: NotRequired[ConnectedHomeSettingsForUpdate]


class TagResourceRequest(TypedDict):
    """The structure `TagResourceRequest` of the API."""

    ResourceArn: Required[str]
    Tags: Required[dict[str, str]]


class TagResourceResponse(TypedDict):
    """The structure `TagResourceResponse` of the API."""


class UntagResourceRequest(TypedDict):
    """The structure `UntagResourceRequest` of the API."""

    ResourceArn: Required[str]
    TagKeys: Required[list[str]]


class UntagResourceResponse(TypedDict):
    """The structure `UntagResourceResponse` of the API."""


class UpdateDatasetEntriesRequest(TypedDict):
    """The structure `UpdateDatasetEntriesRequest` of the API."""

    DatasetArn: Required[str]
    Changes: Required[DatasetChanges]


class UpdateDatasetEntriesResponse(TypedDict):
    """The structure `UpdateDatasetEntriesResponse` of the API."""


class UpdateStreamProcessorRequest(TypedDict):
    """The structure `UpdateStreamProcessorRequest` of the API."""

    Name: Required[str]
    SettingsForUpdate: NotRequired[StreamProcessorSettingsForUpdate]
    RegionsOfInterestForUpdate: NotRequired[list[RegionOfInterest]]
    DataSharingPreferenceForUpdate: NotRequired[StreamProcessorDataSharingPreference]
    ParametersToDelete: NotRequired[list[StreamProcessorParameterToDelete]]


class UpdateStreamProcessorResponse(TypedDict):
    """The structure `UpdateStreamProcessorResponse` of the API."""
