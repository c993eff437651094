package org.sparkgpt.kernel;

/**
 * The numbers of one AdamW step (Loshchilov and Hutter, 2019) in DL4J's form:
 *
 * <pre>
 * g = gradientScale · gradient;  m = beta1 m + (1-beta1) g;  v = beta2 v + (1-beta2) g²
 * theta = theta - stepSize m / (sqrt(v) + epsilon) - decay theta
 * </pre>
 *
 * @param stepSize learning rate · sqrt(1 - beta2^t) / (1 - beta1^t), t counted from 1
 * @param decay learning rate · weight decay
 * @param gradientScale 1, or what clips the gradient to its longest norm
 */
public record AdamWStep(
    double stepSize,
    double decay,
    double beta1,
    double beta2,
    double epsilon,
    double gradientScale) {

  /** The same step for parameters that are not decayed. */
  public AdamWStep withoutDecay() {
    return new AdamWStep(stepSize, 0, beta1, beta2, epsilon, gradientScale);
  }
}
